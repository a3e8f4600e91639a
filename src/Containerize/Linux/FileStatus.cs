using System.Buffers.Binary;

namespace Containerize.Linux;

/// <summary>What a file is (statx(2)).</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Owner">The user.</param>
/// <param name="Group">The group.</param>
/// <param name="Inode">The number in its filesystem.</param>
/// <param name="Device">Of a device node: its number as mknod(2) takes it.</param>
/// <param name="MountId">The mount it was reached through.</param>
/// <param name="IsMountRoot">Whether it is the root of that mount.</param>
internal sealed record FileStatus(uint Mode, uint Owner, uint Group, ulong Inode, uint Device, ulong MountId, bool IsMountRoot)
{
    public const uint Fifo = 0x1000;
    public const uint Character = 0x2000;
    public const uint Directory = 0x4000;
    public const uint Block = 0x6000;
    public const uint Regular = 0x8000;
    public const uint SymbolicLink = 0xA000;
    private const int BufferSize = 256;

    /// <summary>Only the type.</summary>
    public uint Type => Mode & 0xF000;

    /// <summary>Only the permissions, with set-id bits and sticky bit.</summary>
    public uint Permissions => Mode & 0xFFF;

    /// <summary>How many names it has.</summary>
    public uint Links { get; private init; }

    /// <summary>Its bytes; of a link: those of its target.</summary>
    public long Size { get; private init; }

    /// <summary>The filesystem in which its inode is one.</summary>
    public ulong FileSystem { get; private init; }

    /// <summary>Of a device node: its two numbers.</summary>
    public (uint Major, uint Minor) DeviceNumbers { get; private init; }

    /// <summary>When it was last read and written, as utimensat(2) takes them: seconds and nanoseconds, twice.</summary>
    public long[] Times { get; private init; } = [];

    /// <summary>Asks about an open file.</summary>
    public static FileStatus Of(int descriptor)
    {
        var asked = Ask(descriptor, out var status);
        Syscall.Check(asked, "statx");
        return status!;
    }

    /// <summary>As <see cref="Of"/>; null where the descriptor is not open.</summary>
    public static FileStatus? TryOf(int descriptor)
    {
        Ask(descriptor, out var status);
        return status;
    }

    /// <summary>A device's number as mknod(2) takes it: 12 bits of major within 20 of minor.</summary>
    public static uint DeviceNumber(uint major, uint minor) => (minor & 0xFF) | (major << 8) | ((minor & ~0xFFu) << 12);

    private static unsafe nint Ask(int descriptor, out FileStatus? status)
    {
        const int EmptyPath = 0x1000;
        const uint BasicAndMountId = 0x7FF | 0x1000;
        const ulong MountRoot = 0x2000;
        var buffer = stackalloc byte[BufferSize];
        using var none = new NativeText("");
        status = null;
        var asked = Syscall.Try(SyscallNumber.Statx, descriptor, none.Address, EmptyPath, (nint)BasicAndMountId, (nint)buffer);
        if (asked < 0)
        {
            return asked;
        }

        var fields = new ReadOnlySpan<byte>(buffer, BufferSize);
        status = new FileStatus(
            BinaryPrimitives.ReadUInt16LittleEndian(fields[0x1C..]),
            BinaryPrimitives.ReadUInt32LittleEndian(fields[0x14..]),
            BinaryPrimitives.ReadUInt32LittleEndian(fields[0x18..]),
            BinaryPrimitives.ReadUInt64LittleEndian(fields[0x20..]),
            DeviceNumber(BinaryPrimitives.ReadUInt32LittleEndian(fields[0x80..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[0x84..])),
            BinaryPrimitives.ReadUInt64LittleEndian(fields[0x90..]),
            (BinaryPrimitives.ReadUInt64LittleEndian(fields[0x08..]) & MountRoot) != 0)
        {
            Links = BinaryPrimitives.ReadUInt32LittleEndian(fields[0x10..]),
            Size = BinaryPrimitives.ReadInt64LittleEndian(fields[0x28..]),
            FileSystem = BinaryPrimitives.ReadUInt64LittleEndian(fields[0x88..]),
            DeviceNumbers = (BinaryPrimitives.ReadUInt32LittleEndian(fields[0x80..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[0x84..])),
            Times =
            [
                BinaryPrimitives.ReadInt64LittleEndian(fields[0x40..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[0x48..]),
                BinaryPrimitives.ReadInt64LittleEndian(fields[0x70..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[0x78..]),
            ],
        };
        return asked;
    }
}
