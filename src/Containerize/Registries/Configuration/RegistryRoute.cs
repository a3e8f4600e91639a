namespace Containerize.Registries.Configuration;

/// <summary>A place where an image may be had.</summary>
/// <param name="Reference">Its name there.</param>
/// <param name="IsInsecure">Whether the place's certificate is not looked at, and plain http is good enough.</param>
internal sealed record RegistryRoute(Reference Reference, bool IsInsecure);
