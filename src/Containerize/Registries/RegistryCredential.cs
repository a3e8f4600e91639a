namespace Containerize.Registries;

/// <summary>What a registry is told about who asks.</summary>
/// <param name="UserName">The user.</param>
/// <param name="Password">The password.</param>
/// <param name="Origin">Where it was found, for messages; never the credential itself.</param>
public sealed record RegistryCredential(string UserName, Secret Password, string Origin);
