using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>Unpacked layers as one tree of its own, where nothing lays them one upon another: what overlayfs would show, copied, and no file of it a layer's.</summary>
/// <remarks>https://docs.kernel.org/filesystems/overlayfs.html</remarks>
internal sealed class LayerTreeCopy
{
    private const int MostDepth = 256;
    private const nint MostAtOnce = 1 << 30;

    private readonly int _target;
    private readonly bool _isLowest;
    // The first name of each file that has several, by its number in the layer.
    private readonly Dictionary<ulong, byte[]> _linked = [];

    private LayerTreeCopy(int target, bool isLowest)
    {
        _target = target;
        _isLowest = isLowest;
    }

    /// <summary>Copies layers into an empty directory.</summary>
    /// <param name="layers">Their directories, the lowest first.</param>
    /// <param name="target">The directory.</param>
    /// <exception cref="SyscallException">Something cannot be read or written.</exception>
    public static void Copy(IReadOnlyList<string> layers, string target)
    {
        using var to = FileSystem.Open(Descriptor.WorkingDirectory, target, OpenFlags.ReadOnly | OpenFlags.Directory);
        for (var i = 0; i < layers.Count; i++)
        {
            using var from = FileSystem.Open(Descriptor.WorkingDirectory, layers[i], OpenFlags.ReadOnly | OpenFlags.Directory);
            if (IsOpaque(from.Number))
            {
                using var emptied = new OpenedDirectory(Open(to.Number, [], OpenFlags.ReadOnly | OpenFlags.Directory));
                Check(NodeRemoval.TryEmpty(emptied, (_, _) => false), "unlinkat", []);
            }

            new LayerTreeCopy(to.Number, isLowest: i == 0).Merge(from.Number, to.Number, []);
            Dress(from.Number, to.Number, FileStatus.Of(from.Number));
        }
    }

    private void Merge(int from, int to, byte[] path)
    {
        if (path.Count(b => b == '/') > MostDepth)
        {
            throw new SyscallException("openat2", ByteNames.Show(path), Errno.ENAMETOOLONG);
        }

        foreach (var name in RawNodes.ReadNames(from))
        {
            FileStatus status;
            using (var source = Open(from, name, OpenFlags.PathOnly))
            {
                status = FileStatus.Of(source.Number);
            }

            var isDirectory = status.Type == FileStatus.Directory;
            if (!_isLowest && !isDirectory)
            {
                Check(NodeRemoval.TryRemove(to, name), "unlinkat", name);
            }

            if (isDirectory)
            {
                MergeDirectory(from, to, name, [.. path, .. name, (byte)'/'], status);
            }
            else if (status is not { Type: FileStatus.Character, Device: 0 })
            {
                CopyFile(from, to, name, [.. path, .. name], status);
            }
        }
    }

    private void MergeDirectory(int from, int to, byte[] name, byte[] path, FileStatus status)
    {
        using var source = Open(from, name, OpenFlags.ReadOnly | OpenFlags.Directory);
        var made = RawNodes.TryMakeDirectory(to, name, 0x1C0);
        if (made == -Errno.EEXIST && (IsOpaque(source.Number) || NodeRemoval.StatusOf(to, name) is not { Type: FileStatus.Directory }))
        {
            Check(NodeRemoval.TryRemove(to, name), "unlinkat", name);
            made = RawNodes.TryMakeDirectory(to, name, 0x1C0);
        }

        Check(made == -Errno.EEXIST ? 0 : made, "mkdirat", name);
        using var target = Open(to, name, OpenFlags.ReadOnly | OpenFlags.Directory);
        Merge(source.Number, target.Number, path);
        Dress(source.Number, target.Number, status);
    }

    private void CopyFile(int from, int to, byte[] name, byte[] path, FileStatus status)
    {
        if (status.Links > 1)
        {
            if (_linked.TryGetValue(status.Inode, out var first))
            {
                // Each part of it is a directory that this layer has too, and nobody else writes here.
                Check(RawNodes.TryMakeHardLink(_target, first, to, name), "linkat", name);
                return;
            }

            _linked.Add(status.Inode, path);
        }

        if (status.Type == FileStatus.Regular)
        {
            using var source = Open(from, name, OpenFlags.ReadOnly);
            using var target = new Descriptor((int)Check(RawNodes.TryCreate(to, name, 0x180), "openat", name));
            CopyContent(source.Number, target.Number, name);
            Dress(source.Number, target.Number, status);
            return;
        }

        if (status.Type == FileStatus.SymbolicLink)
        {
            using var link = Open(from, name, OpenFlags.PathOnly);
            Check(RawNodes.TryMakeLink(RawNodes.ReadLink(link.Number), to, name), "symlinkat", name);
        }
        else
        {
            Check(RawNodes.TryMakeNode(to, name, status.Mode, status.Device), "mknodat", name);
        }

        Check(RawNodes.TryChangeOwner(to, name, status.Owner, status.Group), "fchownat", name);
        if (status.Type != FileStatus.SymbolicLink)
        {
            // mknod(2) heeds the umask, and chown(2) takes set-id bits away.
            using var node = Open(to, name, OpenFlags.PathOnly);
            Check(RawNodes.TryChangeModeOfPath(node.Number, status.Permissions), "fchmodat", name);
        }

        Check(RawNodes.TryChangeTimes(to, name, status.Times), "utimensat", name);
    }

    // Where the filesystem can share the blocks of two files until one is written to, it does (ioctl_ficlone(2)).
    private static void CopyContent(int source, int target, byte[] name)
    {
        const nint CloneFile = 0x40049409;
        if (Syscall.Try(SyscallNumber.Ioctl, target, CloneFile, source) >= 0)
        {
            return;
        }

        while (Check(Syscall.Try(SyscallNumber.Sendfile, target, source, 0, MostAtOnce), "sendfile", name) > 0)
        {
        }
    }

    // In the order in which none undoes another.
    private static void Dress(int source, int target, FileStatus status)
    {
        Check(RawNodes.TryChangeOwner(target, status.Owner, status.Group), "fchown", []);
        Check(RawNodes.TryChangeMode(target, status.Permissions), "fchmod", []);
        foreach (var attribute in RawNodes.AttributeNames(source).Where(IsCopied))
        {
            // What a user namespace or this filesystem does not have is left out, as where layers are unpacked.
            RawNodes.TrySetAttribute(target, attribute, RawNodes.Attribute(source, attribute));
        }

        Check(RawNodes.TryChangeTimes(target, status.Times), "utimensat", []);
    }

    private static bool IsCopied(byte[] attribute) => !attribute.AsSpan().StartsWith("user.overlay."u8) && !attribute.AsSpan().StartsWith("trusted.overlay."u8);

    private static bool IsOpaque(int directory) =>
        RawNodes.Attribute(directory, "user.overlay.opaque"u8) is [(byte)'y'] || RawNodes.Attribute(directory, "trusted.overlay.opaque"u8) is [(byte)'y'];

    private static Descriptor Open(int directory, byte[] name, int flags) =>
        new((int)Check(RawNodes.TryOpen(directory, name, flags | OpenFlags.NoFollow, DirectoryTree.Confined), "openat2", name));

    private static nint Check(nint result, string call, byte[] name) =>
        result < 0 ? throw new SyscallException(call, ByteNames.Show(name), (int)-result) : result;
}
