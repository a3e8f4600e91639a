
namespace Containerize.Runtime.Cgroups;

/// <summary>Waiting without any of the runtime's timers, which bring a thread with them.</summary>
internal static unsafe class Pause
{
    /// <summary>Waits for so many milliseconds.</summary>
    public static void For(int milliseconds)
    {
        // struct timespec.
        var time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000L };
        Syscall.Try(SyscallNumber.Ppoll, 0, 0, (nint)time, 0, 8);
    }
}
