namespace Containerize.Registries.Credentials.Clouds;

/// <summary>The token of a GitHub Actions job for ghcr.io (<see href="https://docs.github.com/packages/managing-github-packages-using-github-actions-workflows"/>).</summary>
internal sealed class GitHubCredentials(Func<string, string?> environment) : ICredentialSource
{
    private const string Variable = "GITHUB_TOKEN";

    public RegistryCredential? Find(CredentialQuery query)
    {
        if (query.Registry != "ghcr.io" || environment(Variable) is not { Length: > 0 } token)
        {
            return null;
        }

        // Which user does not matter beside a token, but there must be one.
        var user = environment("GITHUB_ACTOR") is { Length: > 0 } actor ? actor : "token";
        return new RegistryCredential(user, new Secret(token), Variable);
    }
}
