using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Containerize.Planning;

/// <summary>The kind of a file on Linux, which System.IO does not tell.</summary>
internal static partial class UnixFileKind
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeOnly = 1; // STATX_TYPE
    private const int ModeOffset = 28; // stx_mode in struct statx, the same on every CPU (statx(2))
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Whether the path is a pipe, a socket or a device; looks at it and opens nothing.</summary>
    public static bool IsSpecial(FileInfo file)
    {
        // Pipes, sockets and devices have no length, so only empty files cost the call.
        if (!OperatingSystem.IsLinux() || file.Length != 0)
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[256];
        return Statx(CurrentDirectory, file.FullName, NoFollow, TypeOnly, ref MemoryMarshal.GetReference(buffer)) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(buffer[ModeOffset..]) & TypeMask) != Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);
}
