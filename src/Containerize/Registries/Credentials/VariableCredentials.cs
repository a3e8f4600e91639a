namespace Containerize.Registries.Credentials;

/// <summary>Credentials in the environment: those for one registry, then the .NET SDK's, which are for all.</summary>
/// <remarks>
/// CONTAINERIZE_USERNAME_GHCR_IO and CONTAINERIZE_PASSWORD_GHCR_IO are for ghcr.io: its name in capitals, everything but letters and digits as '_'. With PUSH_
/// or PULL_ after CONTAINERIZE_ they are for that direction only, and come first.
/// </remarks>
internal sealed class VariableCredentials(Func<string, string?> environment) : ICredentialSource
{
    /// <summary>The names of the variables for one registry, for people.</summary>
    internal static string NamesFor(string registry) => $"CONTAINERIZE_USERNAME_{Suffix(registry)} and CONTAINERIZE_PASSWORD_{Suffix(registry)}";

    public RegistryCredential? Find(CredentialQuery query)
    {
        var direction = query.Action == RegistryAction.Push ? "PUSH_" : "PULL_";
        var host = Suffix(query.Registry);
        (string User, string Password)[] pairs =
        [
            ($"CONTAINERIZE_{direction}USERNAME_{host}", $"CONTAINERIZE_{direction}PASSWORD_{host}"),
            ($"CONTAINERIZE_USERNAME_{host}", $"CONTAINERIZE_PASSWORD_{host}"),
            ($"DOTNET_CONTAINER_{direction}REGISTRY_UNAME", $"DOTNET_CONTAINER_{direction}REGISTRY_PWORD"),
            ("DOTNET_CONTAINER_REGISTRY_UNAME", "DOTNET_CONTAINER_REGISTRY_PWORD"),
            ("SDK_CONTAINER_REGISTRY_UNAME", "SDK_CONTAINER_REGISTRY_PWORD"),
        ];
        foreach (var (user, password) in pairs)
        {
            if (environment(user) is { Length: > 0 } name && environment(password) is { Length: > 0 } secret)
            {
                return new RegistryCredential(name, new Secret(secret), user);
            }
        }

        return null;
    }

    private static string Suffix(string registry) => string.Concat(registry.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
