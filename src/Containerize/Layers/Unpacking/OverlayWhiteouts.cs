using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>Whiteouts as overlayfs reads them (kernel documentation, filesystems/overlayfs.rst, "whiteouts and opaque directories").</summary>
internal sealed class OverlayWhiteouts(DirectoryTree tree, bool userAttributes, UnpackErrors errors) : IWhiteouts
{
    /// <inheritdoc />
    public bool HideAllBelow { get; private set; }

    /// <inheritdoc />
    public void Hide(OpenedDirectory directory, EntryPath path)
    {
        // Everybody may make this one device (Linux 5.8).
        var made = RawNodes.TryMakeNode(directory.Number, path.Name, FileStatus.Character, device: 0);
        if (made == -Errno.EEXIST)
        {
            // The layer has the name itself, which hides a file below it; a directory would be one with that below.
            if (tree.TryOpenMade(directory, path) is { } own)
            {
                HideAll(own, path.All);
            }
        }
        else if (made < 0)
        {
            throw errors.Writing(path.All, "mknodat", made);
        }
    }

    /// <inheritdoc />
    public void HideAll(OpenedDirectory directory, ReadOnlySpan<byte> path)
    {
        var set = RawNodes.TrySetAttribute(directory.Number, userAttributes ? "user.overlay.opaque"u8 : "trusted.overlay.opaque"u8, "y"u8);
        if (set < 0)
        {
            throw errors.Writing(path, "setxattr", set);
        }

        HideAllBelow |= path.IsEmpty || directory.Inode == tree.Root.Inode;
    }

    /// <inheritdoc />
    public void Made(OpenedDirectory directory, ReadOnlySpan<byte> name)
    {
    }
}
