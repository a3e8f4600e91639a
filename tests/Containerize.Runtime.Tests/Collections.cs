namespace Containerize.Runtime.Tests;

/// <summary>Test classes that are not to run at the same time.</summary>
internal static class Collections
{
    /// <summary>They enable controllers of a hybrid's version 2, or need them all in version 1, as crun does: the kernel moves none that is in use.</summary>
    public const string ControllersOfVersion2 = "controllers of version 2";
}
