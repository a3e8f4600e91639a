using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>What a registry of ours is like.</summary>
public sealed record FaultRegistryOptions
{
    /// <summary>Its habits; the specification's where none are given.</summary>
    public RegistryQuirks Quirks { get; init; } = new();

    /// <summary>What it has; shared where two registries stand for one with storage elsewhere.</summary>
    public RegistryContent? Content { get; init; }

    /// <summary>Whether a request may go on; where not, it has been answered. <see cref="BasicAccount"/> and <see cref="TokenRealm"/> have one.</summary>
    public Func<HttpContext, Task<bool>>? Authorize { get; init; }

    /// <summary>The certificate of an https registry; null for plain http.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether an https registry asks who is there, and takes any certificate.</summary>
    public bool AsksForCertificates { get; init; }
}
