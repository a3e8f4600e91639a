namespace Containerize.Containers;

/// <summary>The kinds of root filesystems.</summary>
public static class RootKind
{
    /// <summary>The kernel's overlayfs.</summary>
    public const string Overlay = "overlay";

    /// <summary>The program fuse-overlayfs.</summary>
    public const string FuseOverlay = "fuse-overlayfs";

    /// <summary>A copy.</summary>
    public const string Copy = "copy";
}
