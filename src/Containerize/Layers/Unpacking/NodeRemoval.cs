using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>Removes what is in a directory, step by step from descriptor to descriptor: nothing elsewhere can be meant.</summary>
internal static class NodeRemoval
{
    /// <summary>Removes a file, or a directory with all that is in it; zero, also where it is not there, or the error number below zero.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="keep">Says of a name in a directory whether it stays, and the directory with it; null: nothing does.</param>
    public static nint TryRemove(int directory, ReadOnlySpan<byte> name, Func<OpenedDirectory, byte[], bool>? keep = null)
    {
        var removed = RawNodes.TryRemove(directory, name, isDirectory: false);
        // POSIX has EPERM for directories, Linux EISDIR.
        if (removed is not (-Errno.EISDIR or -Errno.EPERM))
        {
            return removed == -Errno.ENOENT ? 0 : removed;
        }

        var emptied = TryEmptyIfDirectory(directory, name, keep);
        if (emptied < 0)
        {
            return emptied;
        }

        removed = RawNodes.TryRemove(directory, name, isDirectory: true);
        return removed == -Errno.ENOTEMPTY && keep is not null ? 0 : removed;
    }

    /// <summary>Removes all that is in a directory, or of that what need not be kept.</summary>
    public static nint TryEmpty(OpenedDirectory directory, Func<OpenedDirectory, byte[], bool>? keep)
    {
        foreach (var name in RawNodes.ReadNames(directory.Number))
        {
            var removed = keep?.Invoke(directory, name) ?? false
                ? TryEmptyIfDirectory(directory.Number, name, keep)
                : TryRemove(directory.Number, name, keep);
            if (removed < 0)
            {
                return removed;
            }
        }

        return 0;
    }

    /// <summary>As <see cref="TryEmpty"/>, and zero for what is no directory.</summary>
    public static nint TryEmptyIfDirectory(int parent, ReadOnlySpan<byte> name, Func<OpenedDirectory, byte[], bool>? keep)
    {
        var opened = RawNodes.TryOpen(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, DirectoryTree.Confined);
        if (opened < 0)
        {
            return opened is -Errno.ENOTDIR or -Errno.ELOOP or -Errno.ENOENT ? 0 : opened;
        }

        using var directory = new OpenedDirectory(new Descriptor((int)opened));
        return TryEmpty(directory, keep);
    }

    /// <summary>What is there, a link itself; null where there is nothing.</summary>
    public static FileStatus? StatusOf(int directory, ReadOnlySpan<byte> name)
    {
        var opened = RawNodes.TryOpen(directory, name, OpenFlags.PathOnly | OpenFlags.NoFollow, DirectoryTree.Confined);
        if (opened < 0)
        {
            return null;
        }

        using var node = new Descriptor((int)opened);
        return FileStatus.TryOf(node.Number);
    }
}
