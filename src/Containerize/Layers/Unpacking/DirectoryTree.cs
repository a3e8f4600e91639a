using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>The directories under one root: opened by the kernel, which does not let a path leave it, and kept open for the entries that follow.</summary>
internal sealed class DirectoryTree : IDisposable
{
    /// <summary>Links on the way are followed as a container would, with the root as "/" (openat2(2)).</summary>
    public const ResolveFlags Confined = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;

    private const int MostOpen = 64;
    private const uint ImpliedMode = 0x1ED; // 0755

    private readonly UnpackErrors _errors;
    private readonly Dictionary<byte[], OpenedDirectory> _opened = new(ByteNames.Comparer);
    private readonly Dictionary<byte[], OpenedDirectory>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private bool _isStale;

    public DirectoryTree(string root, UnpackErrors errors)
    {
        _errors = errors;
        _lookup = _opened.GetAlternateLookup<ReadOnlySpan<byte>>();
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, root, Flags);
        Root = opened < 0
            ? throw errors.Writing([], $"open {root}", opened)
            : new OpenedDirectory(new Descriptor((int)opened));
    }

    /// <summary>The tree below a directory that is open for reading, and belongs to it from now on.</summary>
    public DirectoryTree(Descriptor root, UnpackErrors errors)
    {
        _errors = errors;
        _lookup = _opened.GetAlternateLookup<ReadOnlySpan<byte>>();
        Root = new OpenedDirectory(root);
    }

    public OpenedDirectory Root { get; }

    /// <summary>Told of each directory that was made because an entry needs it above: its path.</summary>
    public event Action<byte[]>? Implied;

    /// <summary>Told of a directory that was made in a whiteout's place, and of its path.</summary>
    public event Action<OpenedDirectory, byte[]>? Uncovered;

    private static int Flags => OpenFlags.ReadOnly | OpenFlags.Directory;

    /// <summary>To be called between two entries: closes what need not be open, or may not be what its path leads to any more.</summary>
    public void Settle()
    {
        if (_isStale || _opened.Count > MostOpen)
        {
            foreach (var directory in _opened.Values)
            {
                directory.Dispose();
            }

            _opened.Clear();
            _isStale = false;
        }
    }

    /// <summary>What was opened may not be what its path leads to from the next entry on.</summary>
    public void Forget() => _isStale = true;

    /// <summary>Opens a directory for the current entry; makes it, and those above it, where it is not there.</summary>
    public OpenedDirectory Open(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return Root;
        }

        if (_lookup.TryGetValue(path, out var known))
        {
            return known;
        }

        var opened = RawNodes.TryOpen(Root.Number, path, Flags, Confined);
        return opened switch
        {
            >= 0 => Keep(path, opened),
            -Errno.ENOENT or -Errno.ENOTDIR => Make(path.ToArray()),
            _ => throw _errors.Writing(path, "openat2", opened),
        };
    }

    /// <summary>Opens a directory that an entry made, not what a link there leads to, and keeps it; null where it is something else.</summary>
    public OpenedDirectory? TryOpenMade(OpenedDirectory parent, EntryPath path)
    {
        // What is known by this path may be what a link leads to.
        var opened = RawNodes.TryOpen(parent.Number, path.Name, Flags | OpenFlags.NoFollow, Confined);
        return opened < 0 ? null : Keep(path.All, opened);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Forget();
        Settle();
        Root.Dispose();
    }

    // The parts of the path that are there may be links: each is opened as the kernel resolves it.
    private OpenedDirectory Make(byte[] path)
    {
        var slash = Array.LastIndexOf(path, (byte)'/');
        var name = path.AsSpan(slash + 1);
        var parent = Open(path.AsSpan(0, Math.Max(slash, 0)));
        var made = RawNodes.TryMakeDirectory(parent.Number, name, ImpliedMode);
        var uncovers = made == -Errno.EEXIST && Whiteout.IsThere(parent, name);
        if (uncovers)
        {
            RawNodes.TryRemove(parent.Number, name, isDirectory: false);
            made = RawNodes.TryMakeDirectory(parent.Number, name, ImpliedMode);
        }

        if (made == -Errno.EEXIST)
        {
            throw _errors.NotAllowed(path, "an entry is to be below it, and it is no directory, or a link to none");
        }

        if (made < 0)
        {
            throw _errors.Writing(path, "mkdirat", made);
        }

        var opened = RawNodes.TryOpen(parent.Number, name, Flags | OpenFlags.NoFollow, Confined);
        var changed = opened < 0 ? opened : RawNodes.TryChangeMode((int)opened, ImpliedMode);
        if (changed < 0)
        {
            throw _errors.Writing(path, "open", changed);
        }

        var directory = Keep(path, opened);
        Implied?.Invoke(path);
        if (uncovers)
        {
            Uncovered?.Invoke(directory, path);
        }

        return directory;
    }

    private OpenedDirectory Keep(ReadOnlySpan<byte> path, nint opened)
    {
        var directory = new OpenedDirectory(new Descriptor((int)opened));
        if (_lookup.Remove(path, out _, out var earlier))
        {
            earlier.Dispose();
        }

        _opened.Add(path.ToArray(), directory);
        return directory;
    }
}
