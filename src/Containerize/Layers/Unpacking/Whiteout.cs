using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>The names that stand for what a layer takes away (image-spec layer.md), and the node that overlayfs has for them.</summary>
internal static class Whiteout
{
    /// <summary>".wh.NAME" takes NAME away.</summary>
    public static ReadOnlySpan<byte> Prefix => ".wh."u8;

    /// <summary>Names that begin so are aufs's own.</summary>
    public static ReadOnlySpan<byte> OwnPrefix => ".wh..wh."u8;

    /// <summary>Takes away all that lower layers have in its directory.</summary>
    public static ReadOnlySpan<byte> Opaque => ".wh..wh..opq"u8;

    /// <summary>Whether there is a whiteout as overlayfs has them: a character device 0:0.</summary>
    public static bool IsThere(OpenedDirectory directory, ReadOnlySpan<byte> name) =>
        NodeRemoval.StatusOf(directory.Number, name) is { Type: FileStatus.Character, Device: 0 };

    /// <summary>Whether a part of the path, other than the last, begins as the names of whiteouts.</summary>
    public static bool IsAbove(EntryPath path) => path.Parent.StartsWith(Prefix) || path.Parent.IndexOf("/.wh."u8) >= 0;

    /// <summary>Whether a part of the path begins as aufs's own names.</summary>
    public static bool IsOwn(EntryPath path) => path.All.StartsWith(OwnPrefix) || path.All.IndexOf("/.wh..wh."u8) >= 0;
}
