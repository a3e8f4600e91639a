using System.Text;
using System.Text.Json;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries.Credentials;

/// <summary>Credentials that docker and podman keep: in DOCKER_AUTH_CONFIG, in their files, and in the helpers that those name.</summary>
internal sealed class CredentialFiles(Func<string, string?> environment, Action<string> report) : ICredentialSource
{
    private const string Variable = "DOCKER_AUTH_CONFIG";

    public RegistryCredential? Find(CredentialQuery query)
    {
        if (environment(Variable) is { Length: > 0 } json && Search(Encoding.UTF8.GetBytes(json), Variable, query) is { } inline)
        {
            return inline;
        }

        foreach (var path in CredentialPaths.All(environment))
        {
            if (Read(path) is { } bytes && Search(bytes, path, query) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private byte[]? Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                report($"The credentials file {path} is a directory and is left out.");
                return null;
            }

            return AtomicFile.TryRead(path, OciJson.MaxDocumentBytes);
        }
        // A pipe has no length.
        catch (Exception e) when (e is ContainerizeException or NotSupportedException)
        {
            report($"The credentials file {path} cannot be read and is left out.");
            return null;
        }
    }

    // credHelpers, then credsStore, then what the file has itself. What goes wrong with one is no reason not to look at the next.
    private RegistryCredential? Search(byte[] bytes, string origin, CredentialQuery query)
    {
        if (bytes.Length == 0)
        {
            return null;
        }

        CredentialFile file;
        try
        {
            file = CredentialFile.Parse(bytes, Path.GetFileName(origin) == ".dockercfg");
        }
        catch (JsonException)
        {
            report($"The credentials in {origin} are not valid JSON and are left out.");
            return null;
        }

        foreach (var helper in file.HelpersFor(query.Registry))
        {
            if (Ask(helper, origin, query) is { } found)
            {
                return found;
            }
        }

        try
        {
            return file.Find(query, origin);
        }
        catch (FormatException e)
        {
            report($"The credentials for {query.Registry} in {origin} cannot be understood ({e.Message}) and are left out.");
            return null;
        }
    }

    private RegistryCredential? Ask(string name, string origin, CredentialQuery query)
    {
        try
        {
            return new CredentialHelper(name, environment).Get(query.ServerUrl);
        }
        catch (ContainerizeException e)
        {
            report($"{e.Message} It is named in {origin}; the next place is looked at.");
            return null;
        }
    }
}
