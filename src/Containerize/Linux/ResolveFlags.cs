namespace Containerize.Linux;

/// <summary>How openat2(2) resolves a path.</summary>
[Flags]
internal enum ResolveFlags : ulong
{
    /// <summary>As always.</summary>
    None = 0,

    /// <summary>Mount points are not crossed.</summary>
    NoMountPoints = 1,

    /// <summary>/proc's magic links are not followed.</summary>
    NoMagicLinks = 2,

    /// <summary>No link is followed.</summary>
    NoSymbolicLinks = 4,

    /// <summary>The path may not leave the directory.</summary>
    Beneath = 8,

    /// <summary>The directory is the root: absolute links and ".." stay in it.</summary>
    InRoot = 16,
}
