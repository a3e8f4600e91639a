using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>Something in a container's filesystem, held by a descriptor: whatever its name comes to mean meanwhile, this is what is looked at and read.</summary>
internal sealed class OpenedNode : IDisposable
{
    private readonly Descriptor _descriptor;

    private OpenedNode(Descriptor descriptor)
    {
        _descriptor = descriptor;
        Status = FileStatus.Of(descriptor.Number);
    }

    /// <summary>What it is.</summary>
    public FileStatus Status { get; }

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Status.Type == FileStatus.Directory;

    /// <summary>The descriptor's number.</summary>
    public int Number => _descriptor.Number;

    /// <summary>Takes over an open descriptor.</summary>
    public static OpenedNode Of(Descriptor descriptor) => new(descriptor);

    /// <summary>Opens what has a name in a directory, a link itself; null where nothing has it any more.</summary>
    public static OpenedNode? TryOpen(int directory, ReadOnlySpan<byte> path)
    {
        // O_PATH: nothing happens to a FIFO or device by it (open(2)).
        var opened = RawNodes.TryOpen(directory, path, OpenFlags.PathOnly | OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks);
        return opened is -Errno.ENOENT or -Errno.ENOTDIR or -Errno.ELOOP
            ? null
            : new OpenedNode(new Descriptor((int)Syscall.Check(opened, "openat2", ByteNames.Show(path))));
    }

    /// <summary>Opens a directory for reading.</summary>
    public Descriptor OpenDirectory() => FileSystem.Open(Number, ".", OpenFlags.ReadOnly | OpenFlags.Directory);

    /// <summary>Opens a regular file for reading.</summary>
    public Descriptor OpenFile() => FileSystem.Open(Descriptor.WorkingDirectory, $"/proc/self/fd/{Number}", OpenFlags.ReadOnly | OpenFlags.NonBlocking);

    /// <summary>What a tar says of it; null for what a tar has no entry for: sockets.</summary>
    public TarMember? Describe(byte[] path)
    {
        TarKind? kind = Status.Type switch
        {
            FileStatus.Regular => TarKind.File,
            FileStatus.Directory => TarKind.Directory,
            FileStatus.SymbolicLink => TarKind.SymbolicLink,
            FileStatus.Character => TarKind.CharacterDevice,
            FileStatus.Block => TarKind.BlockDevice,
            FileStatus.Fifo => TarKind.Fifo,
            _ => null,
        };
        return kind is not { } known ? null : new TarMember
        {
            Path = path,
            Kind = known,
            Link = known == TarKind.SymbolicLink ? RawNodes.ReadLink(Number) : [],
            Mode = Status.Permissions,
            Owner = Status.Owner,
            Group = Status.Group,
            Size = known == TarKind.File ? Status.Size : 0,
            Times = Status.Times,
            Major = known is TarKind.CharacterDevice or TarKind.BlockDevice ? Status.DeviceNumbers.Major : 0,
            Minor = known is TarKind.CharacterDevice or TarKind.BlockDevice ? Status.DeviceNumbers.Minor : 0,
            Attributes = Attributes(),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private List<TarAttribute> Attributes()
    {
        var attributes = new List<TarAttribute>();
        foreach (var name in RawNodes.AttributeNames(Number))
        {
            // Overlayfs's own are no content, a label is this machine's, and a key of PAX ends at "=".
            if (!name.AsSpan().StartsWith("trusted.overlay."u8) && !name.AsSpan().StartsWith("user.overlay."u8)
                && !name.AsSpan().SequenceEqual("security.selinux"u8) && !name.AsSpan().Contains((byte)'='))
            {
                attributes.Add(new TarAttribute(name, RawNodes.Attribute(Number, name)));
            }
        }

        return attributes;
    }
}
