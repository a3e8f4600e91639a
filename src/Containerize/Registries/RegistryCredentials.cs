using System.Text;
using System.Text.Json;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries;

/// <summary>Finds the credentials for a registry: the environment's, then those that docker and podman keep in files.</summary>
internal sealed class RegistryCredentials(RegistryOptions options)
{
    private const string HubKey = "https://index.docker.io/v1/";
    private static readonly string[] HubAliases = [HubKey, "docker.io", "index.docker.io", "registry-1.docker.io"];

    /// <summary>The first credential there is; null for none.</summary>
    internal RegistryCredential? Find(string registry, string repository, RegistryAction action) =>
        FromVariables(action) ?? FromFiles(registry, repository);

    private RegistryCredential? FromVariables(RegistryAction action)
    {
        var direction = action == RegistryAction.Push ? "PUSH_" : "PULL_";
        string[] prefixes = [$"DOTNET_CONTAINER_{direction}REGISTRY_", "DOTNET_CONTAINER_REGISTRY_", "SDK_CONTAINER_REGISTRY_"];
        foreach (var prefix in prefixes)
        {
            if (options.Environment(prefix + "UNAME") is { Length: > 0 } user && options.Environment(prefix + "PWORD") is { Length: > 0 } password)
            {
                return new RegistryCredential(user, new Secret(password), prefix + "UNAME");
            }
        }

        return null;
    }

    private RegistryCredential? FromFiles(string registry, string repository)
    {
        if (options.Environment("DOCKER_AUTH_CONFIG") is { Length: > 0 } json
            && Search(Encoding.UTF8.GetBytes(json), "DOCKER_AUTH_CONFIG", registry, repository) is { } inline)
        {
            return inline;
        }

        foreach (var path in Paths())
        {
            byte[]? bytes;
            try
            {
                bytes = AtomicFile.TryRead(path, OciJson.MaxDocumentBytes);
            }
            catch (ContainerizeException)
            {
                options.Report($"The credentials file {path} cannot be read and is left out.");
                continue;
            }

            if (bytes is not null && Search(bytes, path, registry, repository) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private IEnumerable<string> Paths()
    {
        var home = options.Environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME");
        string?[] paths =
        [
            options.Environment("REGISTRY_AUTH_FILE"),
            Under(options.Environment("XDG_RUNTIME_DIR"), "containers/auth.json"),
            Under(options.Environment("XDG_CONFIG_HOME"), "containers/auth.json") ?? Under(home, ".config/containers/auth.json"),
            Under(options.Environment("DOCKER_CONFIG"), "config.json") ?? Under(home, ".docker/config.json"),
        ];
        return paths.Where(p => !string.IsNullOrEmpty(p) && Path.IsPathFullyQualified(p)).OfType<string>();
    }

    private RegistryCredential? Search(byte[] bytes, string origin, string registry, string repository)
    {
        try
        {
            // Files written on Windows may begin with a byte order mark.
            var text = bytes.AsMemory(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("auths", out var auths)
                || auths.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var key in Keys(registry, repository))
            {
                foreach (var entry in auths.EnumerateObject())
                {
                    if (KeyOf(entry.Name) == key && Decode(entry.Value) is { } pair)
                    {
                        return new RegistryCredential(pair.User, new Secret(pair.Password), origin);
                    }
                }
            }
        }
        catch (JsonException)
        {
            options.Report($"The credentials in {origin} are not valid JSON and are left out.");
        }

        return null;
    }

    // podman: the most specific path first.
    private static IEnumerable<string> Keys(string registry, string repository)
    {
        var path = $"{registry}/{repository}";
        for (var slash = path.Length; slash > registry.Length; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }

        yield return registry;
    }

    private static string KeyOf(string key)
    {
        if (HubAliases.Contains(key))
        {
            return ReferenceGrammar.DockerHub;
        }

        foreach (var scheme in new[] { "https://", "http://" })
        {
            key = key.StartsWith(scheme, StringComparison.Ordinal) ? key[scheme.Length..] : key;
        }

        foreach (var version in new[] { "/v1", "/v2" })
        {
            key = key.TrimEnd('/').EndsWith(version, StringComparison.Ordinal) ? key.TrimEnd('/')[..^version.Length] : key;
        }

        return key.TrimEnd('/');
    }

    private static (string User, string Password)? Decode(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (Text(entry, "auth") is { Length: > 0 } encoded)
        {
            var buffer = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded.Trim(), buffer, out var length))
            {
                return null;
            }

            var pair = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0');
            var colon = pair.IndexOf(':');
            return colon > 0 ? (pair[..colon], pair[(colon + 1)..]) : null;
        }

        return Text(entry, "username") is { Length: > 0 } user && Text(entry, "password") is { } password ? (user, password) : null;
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Under(string? folder, string file) => string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, file);
}
