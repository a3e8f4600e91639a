namespace Containerize.Registries.Credentials;

/// <summary>A place where credentials may be found.</summary>
internal interface ICredentialSource
{
    /// <summary>The credential that is there; null for none. What goes wrong on the way is reported, and is none.</summary>
    RegistryCredential? Find(CredentialQuery query);
}
