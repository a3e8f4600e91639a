using System.Text;
using System.Text.Json;

namespace Containerize.Registries.Credentials;

/// <summary>A file of docker's or podman's, parsed: the helpers that it names, and what it holds itself.</summary>
internal sealed class CredentialFile
{
    private const string HubKey = "https://index.docker.io/v1/";
    private static readonly string[] HubAliases = [HubKey, "docker.io", "index.docker.io", "registry-1.docker.io"];
    private readonly Dictionary<string, string> _helpers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _entries = new(StringComparer.Ordinal);
    private readonly string? _store;

    private CredentialFile(string? store) => _store = store;

    /// <summary>Parses a file.</summary>
    /// <param name="bytes">Its content.</param>
    /// <param name="isLegacy">Whether it is of the kind of .dockercfg, which is nothing but the entries.</param>
    /// <exception cref="JsonException">It is not valid JSON.</exception>
    internal static CredentialFile Parse(ReadOnlyMemory<byte> bytes, bool isLegacy)
    {
        // Files written on Windows may begin with a byte order mark.
        var text = bytes[(bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0)..];
        var options = new JsonDocumentOptions { MaxDepth = 32, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        using var document = JsonDocument.Parse(text, options);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new CredentialFile(null);
        }

        var file = new CredentialFile(isLegacy ? null : root.TextOf("credsStore"));
        foreach (var helper in isLegacy ? [] : Members(root, "credHelpers"))
        {
            if (helper.Value.ValueKind == JsonValueKind.String)
            {
                file._helpers[RegistryOf(helper.Name)] = helper.Value.GetString()!;
            }
        }

        foreach (var entry in isLegacy ? [.. root.EnumerateObject()] : Members(root, "auths"))
        {
            file._entries[RegistryOf(entry.Name)] = entry.Value.Clone();
        }

        return file;
    }

    /// <summary>The helpers to ask about a registry: its own (<c>credHelpers</c>), then the one for all; none where its own is "", which is the file itself.</summary>
    internal IEnumerable<string> HelpersFor(string registry) =>
        _helpers.TryGetValue(registry, out var own) && own.Length == 0 ? [] : new[] { own, _store }.Where(h => !string.IsNullOrEmpty(h)).OfType<string>();

    /// <summary>What the file itself has, the most specific path first as podman has it.</summary>
    /// <exception cref="FormatException">There is an entry, and it cannot be understood.</exception>
    internal RegistryCredential? Find(CredentialQuery query, string origin)
    {
        foreach (var key in Keys(query))
        {
            if (_entries.TryGetValue(key, out var entry) && Decode(entry, origin) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static List<JsonProperty> Members(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? [.. value.EnumerateObject()] : [];

    private static IEnumerable<string> Keys(CredentialQuery query)
    {
        var path = $"{query.Registry}/{query.Repository}";
        for (var slash = path.Length; slash > query.Registry.Length; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }

        yield return query.Registry;
    }

    /// <summary>The key under which docker and its helpers keep what is for a registry.</summary>
    internal static string KeyFor(string registry) => registry == ReferenceGrammar.DockerHub ? HubKey : registry;

    /// <summary>The registry that a key stands for, as references name it: keys may be written as addresses, and docker's own has several.</summary>
    internal static string RegistryOf(string key)
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

    // An entry without anything is what a login through a helper leaves.
    private static RegistryCredential? Decode(JsonElement entry, string origin)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no object");
        }

        if (entry.TextOf("registrytoken") is { Length: > 0 } token)
        {
            return new RegistryCredential("", new Secret(""), origin) { RegistryToken = new Secret(token) };
        }

        var pair = Pair(entry);
        if (entry.TextOf("identitytoken") is { Length: > 0 } identity)
        {
            return new RegistryCredential(pair?.User ?? "", new Secret(""), origin) { IdentityToken = new Secret(identity) };
        }

        return pair is { } found ? new RegistryCredential(found.User, new Secret(found.Password), origin) : null;
    }

    private static (string User, string Password)? Pair(JsonElement entry)
    {
        if (entry.TextOf("auth") is { Length: > 0 } encoded)
        {
            var buffer = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded.Trim(), buffer, out var length))
            {
                throw new FormatException("its auth is not base64");
            }

            var pair = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0');
            var colon = pair.IndexOf(':');
            return colon > 0 ? (pair[..colon], pair[(colon + 1)..]) : throw new FormatException("its auth has no user and ':'");
        }

        return entry.TextOf("username") is { Length: > 0 } user && entry.TextOf("password") is { } password ? (user, password) : null;
    }
}
