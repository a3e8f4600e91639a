namespace Containerize.Layers.Unpacking;

/// <summary>What becomes of the names that a layer takes away from those below it (image-spec layer.md, "Whiteouts").</summary>
public enum UnpackForm
{
    /// <summary>One layer in a directory of its own, whiteouts as overlayfs has them: devices 0:0 and trusted.overlay.opaque.</summary>
    Overlay,

    /// <summary>As <see cref="Overlay"/>, with user.overlay.opaque, for a mount with the option userxattr.</summary>
    UserOverlay,

    /// <summary>One layer upon the other in one directory: what is taken away is deleted.</summary>
    Applied,
}
