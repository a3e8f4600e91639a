using Containerize.Registries.Credentials.Clouds;

namespace Containerize.Registries.Credentials;

/// <summary>Finds the credentials for a registry: the environment's, those that docker and podman keep, and those that a cloud gives for the environment's keys.</summary>
internal sealed class RegistryCredentials(RegistryOptions options)
{
    /// <summary>The first credential there is; null for none. A source that fails is reported and passed over.</summary>
    internal RegistryCredential? Find(string registry, string repository, RegistryAction action)
    {
        if (options.Credential is { } given)
        {
            return given;
        }

        var query = new CredentialQuery(registry, repository, action);
        foreach (var source in Sources())
        {
            try
            {
                if (source.Find(query) is { } found)
                {
                    options.Explain($"The credentials for {registry} are from {found.Origin}.");
                    return found;
                }
            }
            catch (ContainerizeException e)
            {
                options.Report(e.Message);
            }
        }

        return null;
    }

    private IEnumerable<ICredentialSource> Sources() =>
    [
        new VariableCredentials(options.Environment),
        new CredentialFiles(options.Environment, options.Report),
        new GitHubCredentials(options.Environment),
        new AmazonCredentials(options),
        new AzureCredentials(options),
        new GoogleCredentials(options),
    ];
}
