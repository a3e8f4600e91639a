namespace Containerize.Registries.Credentials;

/// <summary>What a credential is looked for.</summary>
/// <param name="Registry">The registry as references name it, with its port.</param>
/// <param name="Repository">The repository there.</param>
/// <param name="Action">What is done there.</param>
internal sealed record CredentialQuery(string Registry, string Repository, RegistryAction Action)
{
    /// <summary>The name under which docker and its helpers keep what is for a registry.</summary>
    internal string ServerUrl => CredentialFile.KeyFor(Registry);
}
