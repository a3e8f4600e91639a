using System.Text;
using System.Text.Json.Nodes;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries.Credentials;

/// <summary>
/// Keeps credentials where docker, podman and skopeo find them: with the helper that docker's file names for the registry, else in the file.
/// </summary>
public sealed class CredentialStore
{
    private readonly Func<string, string?> _environment;
    private readonly LoginFile _file;

    /// <summary>Opens the user's place; CTZ4026 where there is none.</summary>
    public CredentialStore(Func<string, string?> environment)
    {
        _environment = environment;
        _file = new LoginFile(CredentialPaths.ForLogin(environment)
            ?? throw new ContainerizeException(4026, "looking for the place of credentials", "HOME is not set", "Set HOME, or DOCKER_CONFIG to a folder, or REGISTRY_AUTH_FILE to a file."));
    }

    /// <summary>Keeps a credential; gives the place, for people.</summary>
    public string Store(string registry, string user, Secret password, CancellationToken cancellationToken)
    {
        using var alone = Hold(cancellationToken);
        var content = _file.Read();
        var helper = HelperFor(content, registry);
        helper?.Store(CredentialFile.KeyFor(registry), user, password);
        // With a helper the file keeps nothing of it, and what an earlier login left there is not true any more.
        var changed = helper is null ? LoginFile.Set(content, registry, user, password) : LoginFile.Remove(content, registry);
        if (changed)
        {
            _file.Write(content);
        }

        return helper?.Program ?? _file.Path;
    }

    /// <summary>Forgets what is kept for a registry, with the helper and in the file; gives the places that had something.</summary>
    public IReadOnlyList<string> Erase(string registry, CancellationToken cancellationToken)
    {
        using var alone = Hold(cancellationToken);
        var content = _file.Read();
        var places = new List<string>();
        if (HelperFor(content, registry) is { } helper && helper.Get(CredentialFile.KeyFor(registry)) is not null)
        {
            helper.Erase(CredentialFile.KeyFor(registry));
            places.Add(helper.Program);
        }

        if (LoginFile.Remove(content, registry))
        {
            _file.Write(content);
            places.Add(_file.Path);
        }

        return places;
    }

    /// <summary>Where a credential for the registry is still found, such as a file of podman's or a variable; null for nowhere.</summary>
    public string? StillFound(string registry)
    {
        var query = new CredentialQuery(registry, "", RegistryAction.Pull);
        return (new VariableCredentials(_environment).Find(query) ?? new CredentialFiles(_environment, _ => { }).Find(query))?.Origin;
    }

    // Another login of ours waits, else the later would write over the earlier's entry. It is in our cache: the file's own folder is docker's, who knows no
    // lock. Without a place for it we go on, as docker does.
    private FileLock? Hold(CancellationToken cancellationToken)
    {
        try
        {
            var name = Digest.Of(Encoding.UTF8.GetBytes(_file.Path)).Hex;
            return FileLock.AcquireAsync(Path.Combine(StoragePaths.From(_environment).Cache, "logins", name), shared: false, cancellationToken).GetAwaiter().GetResult();
        }
        catch (ContainerizeException e) when (e.Number is 3010 or 3011)
        {
            return null;
        }
    }

    // As docker has it: one named for the registry, else the one for all. An empty name is the file itself.
    private CredentialHelper? HelperFor(JsonObject content, string registry)
    {
        var named = (content["credHelpers"] as JsonObject)?.FirstOrDefault(h => CredentialFile.RegistryOf(h.Key) == registry).Value ?? content["credsStore"];
        return named is JsonValue value && value.TryGetValue<string>(out var name) && name.Length > 0 ? new CredentialHelper(name, _environment) : null;
    }
}
