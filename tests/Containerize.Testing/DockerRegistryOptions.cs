using System.Security.Cryptography.X509Certificates;

namespace Containerize.Testing;

/// <summary>What a <see cref="DockerRegistry"/> asks of those who come.</summary>
public sealed record DockerRegistryOptions
{
    /// <summary>Whether it knows one user and a password (htpasswd).</summary>
    public bool WithPassword { get; init; }

    /// <summary>Whose tokens it wants; null for none.</summary>
    public TokenServer? Tokens { get; init; }

    /// <summary>The certificates of those who may sign tokens; null for those of <see cref="Tokens"/>.</summary>
    public string? Signers { get; init; }

    /// <summary>The certificate of an https registry; null for plain http.</summary>
    public X509Certificate2? Certificate { get; init; }
}
