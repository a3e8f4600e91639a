using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Containerize.Layers;

/// <summary>Tells ELF programs from ELF libraries (System V ABI, "Object Files" and "Program Loading"; elf(5)).</summary>
internal static class ElfProgram
{
    public const int HeaderLength = 64;

    private const ushort TypeExecutable = 2;
    private const ushort TypeShared = 3;
    private const uint SegmentDynamic = 2;
    private const uint SegmentInterpreter = 3;
    private const ulong TagFlags1 = 0x6ffffffb;
    private const ulong FlagPie = 0x08000000;
    private const int MaxDynamicBytes = 64 * 1024;

    /// <summary>Whether the file is a program: fixed address, or position independent with an interpreter or marked as a static one.</summary>
    public static bool Is(SafeFileHandle file, ReadOnlySpan<byte> start)
    {
        if (start.Length < 52 || !start.StartsWith("\u007fELF"u8))
        {
            return false;
        }

        var elf = new Reader(start[5] == 2, start[4] == 2);
        if (elf.Wide && start.Length < HeaderLength)
        {
            return false;
        }

        return elf.U16(start, 16) switch
        {
            TypeExecutable => true,
            TypeShared => HasProgramSegments(file, start, elf),
            _ => false,
        };
    }

    // Program headers: offset, entry size and count at 32/54/56 in ELF64, 28/42/44 in ELF32.
    private static bool HasProgramSegments(SafeFileHandle file, ReadOnlySpan<byte> start, Reader elf)
    {
        var offset = elf.Word(start, elf.Wide ? 32 : 28);
        var entrySize = elf.U16(start, elf.Wide ? 54 : 42);
        var count = elf.U16(start, elf.Wide ? 56 : 44);
        if (entrySize < (elf.Wide ? 56 : 32) || offset > long.MaxValue / 2)
        {
            return false;
        }

        var table = new byte[Math.Min(count * entrySize, MaxDynamicBytes)];
        var read = RandomAccess.Read(file, table, (long)offset);
        for (var at = 0; at + entrySize <= read; at += entrySize)
        {
            var segment = table.AsSpan(at, entrySize);
            switch (elf.U32(segment, 0))
            {
                case SegmentInterpreter:
                    return true;
                case SegmentDynamic when IsMarkedPie(file, segment, elf):
                    return true;
            }
        }

        return false;
    }

    // A static position-independent program has no interpreter; DF_1_PIE tells it from a library.
    private static bool IsMarkedPie(SafeFileHandle file, ReadOnlySpan<byte> segment, Reader elf)
    {
        var offset = elf.Word(segment, elf.Wide ? 8 : 4);
        var size = elf.Word(segment, elf.Wide ? 32 : 16);
        if (offset > long.MaxValue / 2)
        {
            return false;
        }

        var dynamic = new byte[(int)Math.Min(size, MaxDynamicBytes)];
        var read = RandomAccess.Read(file, dynamic, (long)offset);
        var width = elf.Wide ? 8 : 4;
        for (var at = 0; at + (2 * width) <= read; at += 2 * width)
        {
            if (elf.Word(dynamic, at) == TagFlags1)
            {
                return (elf.Word(dynamic, at + width) & FlagPie) != 0;
            }
        }

        return false;
    }

    private readonly record struct Reader(bool BigEndian, bool Wide)
    {
        public ushort U16(ReadOnlySpan<byte> bytes, int at) =>
            BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

        public uint U32(ReadOnlySpan<byte> bytes, int at) =>
            BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

        public ulong Word(ReadOnlySpan<byte> bytes, int at)
        {
            if (!Wide)
            {
                return U32(bytes, at);
            }

            return BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        }
    }
}
