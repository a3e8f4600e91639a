namespace Containerize.Registries.Credentials;

/// <summary>What a registry is told about who asks.</summary>
/// <param name="UserName">The user.</param>
/// <param name="Password">The password.</param>
/// <param name="Origin">Where it was found, for messages; never the credential itself.</param>
public sealed record RegistryCredential(string UserName, Secret Password, string Origin)
{
    /// <summary>An OAuth2 refresh token, with which tokens are asked for in place of the password (docker's <c>identitytoken</c>).</summary>
    public Secret? IdentityToken { get; init; }

    /// <summary>A Bearer token that is sent as it is (docker's <c>registrytoken</c>).</summary>
    public Secret? RegistryToken { get; init; }

    /// <summary>The credential of a refresh token alone.</summary>
    public static RegistryCredential OfIdentity(string token, string origin) => new("", new Secret(""), origin) { IdentityToken = new Secret(token) };
}
