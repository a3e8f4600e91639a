namespace Containerize.Registries;

/// <summary>What is done at a registry; each may have credentials of its own.</summary>
public enum RegistryAction
{
    /// <summary>Reading.</summary>
    Pull,

    /// <summary>Writing.</summary>
    Push,
}
