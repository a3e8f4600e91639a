using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Containerize.Runtime.Cgroups;

/// <summary>A cgroup's directory in one hierarchy, open, and known to be on a cgroup filesystem.</summary>
/// <remarks>
/// Files are named relative to the descriptor, never by path. Where a controller is not mounted its place is an ordinary directory, and
/// a write to "cgroup.procs" there would succeed and limit nothing; hence the check of the filesystem before the first use.
/// </remarks>
internal sealed unsafe class CgroupDirectory : IDisposable
{
    /// <summary>CGROUP2_SUPER_MAGIC (linux/magic.h).</summary>
    public const uint Version2Magic = 0x63677270;

    private const uint Version1Magic = 0x27e0eb;

    // Nothing below a hierarchy's mount is a link or another mount; who made one there meant to lead us away.
    private const ResolveFlags Inside =
        ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks | ResolveFlags.NoMountPoints;

    private readonly Descriptor _descriptor;

    private CgroupDirectory(Descriptor descriptor, CgroupVersion version, IReadOnlyList<string> controllers, string path)
    {
        _descriptor = descriptor;
        Version = version;
        Controllers = controllers;
        Path = path;
    }

    /// <summary>The kind of the hierarchy.</summary>
    public CgroupVersion Version { get; }

    /// <summary>The hierarchy's controllers, as in <see cref="CgroupHierarchy.Controllers"/>.</summary>
    public IReadOnlyList<string> Controllers { get; }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>The descriptor's number.</summary>
    public int Number => _descriptor.Number;

    /// <summary>Opens the top of a hierarchy.</summary>
    /// <exception cref="ContainerizeException">No cgroup filesystem of the kind is there.</exception>
    public static CgroupDirectory OpenTop(CgroupHierarchy hierarchy) =>
        TryOpen(hierarchy.MountPoint, hierarchy.Controllers, hierarchy.Version, out var errno)
            ?? throw NotCgroup(hierarchy.MountPoint, Errno.Describe(errno));

    /// <summary>Opens a cgroup by its path from the state; null where it is gone.</summary>
    /// <exception cref="ContainerizeException">Something else is there.</exception>
    public static CgroupDirectory? TryOpen(string path, IReadOnlyList<string> controllers, CgroupVersion version, out int errno)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly | OpenFlags.Directory, ResolveFlags.NoMagicLinks);
        errno = opened < 0 ? (int)-opened : 0;
        if (opened is -Errno.ENOENT or -Errno.ENODEV)
        {
            return null;
        }

        var descriptor = new Descriptor((int)Syscall.Check(opened, "openat2", path));
        var magic = FileSystem.Magic(descriptor.Number);
        if (magic != (version == CgroupVersion.Two ? Version2Magic : Version1Magic))
        {
            descriptor.Dispose();
            throw NotCgroup(path, string.Create(CultureInfo.InvariantCulture, $"it is on a filesystem of another type (0x{magic:x})"));
        }

        return new(descriptor, version, controllers, path);
    }

    /// <summary>Opens a child, or a path below; the error number below zero where that fails.</summary>
    public nint TryOpenBelow(string relative, out CgroupDirectory? child)
    {
        var opened = FileSystem.TryOpen(Number, relative, OpenFlags.ReadOnly | OpenFlags.Directory, Inside);
        child = opened < 0 ? null : new(new((int)opened), Version, Controllers, $"{Path}/{relative}");
        return opened;
    }

    /// <summary>Makes a child; the error number below zero where that fails.</summary>
    public nint TryMake(string name) => FileSystem.TryMakeDirectory(Number, name, 0b111_101_101);

    /// <summary>Removes a child; the error number below zero where that fails.</summary>
    public nint TryRemove(string name) => FileSystem.TryRemove(Number, name, isDirectory: true);

    /// <summary>Writes one of the cgroup's files; the error number below zero where that fails.</summary>
    public nint TryWrite(string file, string value) => FileSystem.TryWriteText(Number, file, value, Inside);

    /// <summary>Opens one of the cgroup's files for writing.</summary>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    public Descriptor OpenForWriting(string file) =>
        new((int)Syscall.Check(FileSystem.TryOpen(Number, file, OpenFlags.WriteOnly, Inside), "openat2", $"{Path}/{file}"));

    /// <summary>Reads one of the cgroup's files; null where it does not exist, or the cgroup does not any more.</summary>
    /// <exception cref="SyscallException">It cannot be read.</exception>
    public string? TryRead(string file)
    {
        var result = TryRead(file, out var text);
        if (result is -Errno.ENOENT or -Errno.ENODEV)
        {
            return null;
        }

        Syscall.Check(result, "read", $"{Path}/{file}");
        return text;
    }

    /// <summary>Reads one of the cgroup's files; the error number below zero where that fails.</summary>
    public nint TryRead(string file, out string text)
    {
        text = "";
        var opened = FileSystem.TryOpen(Number, file, OpenFlags.ReadOnly, Inside);
        if (opened < 0)
        {
            return opened;
        }

        using var descriptor = new Descriptor((int)opened);
        try
        {
            text = Encoding.UTF8.GetString(FileSystem.ReadToEnd(descriptor.Number, 16 * 1024 * 1024, file));
            return 0;
        }
        catch (SyscallException e)
        {
            return -e.Errno;
        }
    }

    /// <summary>The names of the children.</summary>
    /// <exception cref="SyscallException">The directory cannot be read.</exception>
    public List<string> Children()
    {
        const byte IsDirectory = 4;
        const int NameOffset = 19;
        var names = new List<string>();
        var opened = FileSystem.TryOpen(Number, ".", OpenFlags.ReadOnly | OpenFlags.Directory, Inside);
        if (opened is -Errno.ENOENT)
        {
            return names;
        }

        // A description of its own: the reading position is shared between copies of a descriptor.
        using var listing = new Descriptor((int)Syscall.Check(opened, "openat2", Path));
        var buffer = new byte[16384];
        while (true)
        {
            nint read;
            fixed (byte* at = buffer)
            {
                read = Syscall.Check(Syscall.Try(SyscallNumber.Getdents64, listing.Number, (nint)at, buffer.Length), "getdents64", Path);
            }

            if (read == 0)
            {
                return names;
            }

            // struct linux_dirent64: inode, offset, length of the record, type, name.
            for (var at = 0; at < read;)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 16));
                var name = buffer.AsSpan(at + NameOffset, length - NameOffset);
                name = name[..name.IndexOf((byte)0)];
                if (buffer[at + NameOffset - 1] == IsDirectory && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(Encoding.UTF8.GetString(name));
                }

                at += length;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static ContainerizeException NotCgroup(string path, string why) =>
        new(CgroupError.Hierarchy, $"opening the cgroup {path}", why, "Mount the host's control groups there.");
}
