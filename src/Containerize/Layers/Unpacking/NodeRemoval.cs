using System.Globalization;
using System.Text;
using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>Removes what is in a directory, step by step from descriptor to descriptor: nothing elsewhere can be meant.</summary>
/// <remarks>
/// Links let a tar make trees that are deeper than any path (and than there are descriptors): what is too deep is moved up to the top first.
/// </remarks>
internal sealed class NodeRemoval
{
    private const int MostDepth = 128;

    private readonly Func<OpenedDirectory, byte[], bool>? _keep;
    private OpenedDirectory? _top;
    private int _moved;

    private NodeRemoval(Func<OpenedDirectory, byte[], bool>? keep) => _keep = keep;

    /// <summary>Removes a file, or a directory with all that is in it; zero, also where it is not there, or the error number below zero.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="keep">Says of a name in a directory whether it stays, and the directory with it; null: nothing does.</param>
    public static nint TryRemove(int directory, ReadOnlySpan<byte> name, Func<OpenedDirectory, byte[], bool>? keep = null) =>
        new NodeRemoval(keep).TryRemove(directory, name, depth: 0);

    /// <summary>Removes all that is in a directory, or of that what need not be kept.</summary>
    public static nint TryEmpty(OpenedDirectory directory, Func<OpenedDirectory, byte[], bool> keep) =>
        new NodeRemoval(keep).TryEmpty(directory, depth: 0);

    /// <summary>As <see cref="TryEmpty(OpenedDirectory, Func{OpenedDirectory, byte[], bool})"/>, and zero for what is no directory.</summary>
    public static nint TryEmptyIfDirectory(int parent, ReadOnlySpan<byte> name, Func<OpenedDirectory, byte[], bool> keep) =>
        new NodeRemoval(keep).TryEmptyIfDirectory(parent, name, depth: 0);

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

    private nint TryRemove(int directory, ReadOnlySpan<byte> name, int depth)
    {
        var removed = RawNodes.TryRemove(directory, name, isDirectory: false);
        // POSIX has EPERM for directories, Linux EISDIR.
        if (removed is not (-Errno.EISDIR or -Errno.EPERM))
        {
            return removed == -Errno.ENOENT ? 0 : removed;
        }

        if (depth > MostDepth)
        {
            return TryMoveUp(directory, name);
        }

        var emptied = TryEmptyIfDirectory(directory, name, depth);
        if (emptied < 0)
        {
            return emptied;
        }

        removed = RawNodes.TryRemove(directory, name, isDirectory: true);
        return removed == -Errno.ENOTEMPTY && _keep is not null ? 0 : removed;
    }

    private nint TryEmptyIfDirectory(int parent, ReadOnlySpan<byte> name, int depth)
    {
        var opened = RawNodes.TryOpen(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, DirectoryTree.Confined);
        if (opened < 0)
        {
            return opened is -Errno.ENOTDIR or -Errno.ELOOP or -Errno.ENOENT ? 0 : opened;
        }

        using var directory = new OpenedDirectory(new Descriptor((int)opened));
        return TryEmpty(directory, depth);
    }

    private nint TryEmpty(OpenedDirectory directory, int depth)
    {
        _top ??= directory;
        int moved;
        do
        {
            moved = _moved;
            foreach (var name in RawNodes.ReadNames(directory.Number))
            {
                var removed = _keep?.Invoke(directory, name) ?? false
                    ? TryEmptyIfDirectory(directory.Number, name, depth + 1)
                    : TryRemove(directory.Number, name, depth + 1);
                if (removed < 0)
                {
                    return removed;
                }
            }
        }
        while (directory == _top && moved != _moved);
        return 0;
    }

    private nint TryMoveUp(int directory, ReadOnlySpan<byte> name)
    {
        // What stays has to stay where it is; no tree that an engine made is so deep.
        if (_keep is not null || _top is null)
        {
            return -Errno.ENAMETOOLONG;
        }

        nint moved;
        do
        {
            var above = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".moved-{_moved++}"));
            moved = RawNodes.TryMove(directory, name, _top.Number, above);
        }
        while (moved == -Errno.EEXIST);
        return moved;
    }
}
