using System.Runtime.CompilerServices;

namespace Containerize.Runtime.Linux;

/// <summary>What a descriptor is (statx(2)).</summary>
internal static unsafe class Files
{
    /// <summary>The file type bits of a mode.</summary>
    public const uint TypeMask = 0xF000;
    public const uint Directory = 0x4000;
    public const uint CharacterDevice = 0x2000;
    public const uint Regular = 0x8000;

    /// <summary>The mode: type and permissions.</summary>
    public static uint Mode(int descriptor) => Read(descriptor).Mode;

    /// <summary>Whether it is the null device, 1:3.</summary>
    public static bool IsNullDevice(int descriptor) => IsDevice(descriptor, 1, 3);

    /// <summary>Whether it is a character device of these numbers.</summary>
    public static bool IsDevice(int descriptor, uint major, uint minor)
    {
        var (mode, deviceMajor, deviceMinor) = Read(descriptor);
        return (mode & TypeMask) == CharacterDevice && deviceMajor == major && deviceMinor == minor;
    }

    private static (uint Mode, uint Major, uint Minor) Read(int descriptor)
    {
        const int EmptyPath = 0x1000;
        const int BasicStats = 0x7FF;
        var nothing = (byte)0;
        var buffer = stackalloc byte[256];
        if (Syscall.Try(SyscallNumber.Statx, descriptor, (nint)(&nothing), EmptyPath, BasicStats, (nint)buffer) < 0)
        {
            return default;
        }

        // struct statx: the mode at 28, the device's own numbers at 128 and 132.
        return (Unsafe.ReadUnaligned<ushort>(buffer + 28), Unsafe.ReadUnaligned<uint>(buffer + 128), Unsafe.ReadUnaligned<uint>(buffer + 132));
    }
}
