namespace Containerize.Runtime.Linux;

/// <summary>Waiting for descriptors (ppoll(2)).</summary>
internal static unsafe class Polling
{
    /// <summary>Waits until something can be read from it, or it has ended.</summary>
    /// <param name="descriptor">Which.</param>
    /// <param name="milliseconds">How long at most.</param>
    /// <returns>Whether that is so.</returns>
    public static bool Wait(int descriptor, int milliseconds)
    {
        // struct pollfd: fd, events and revents of 16 bits.
        var poll = stackalloc int[2];
        poll[0] = descriptor;
        poll[1] = 1;
        var time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000L };
        return Syscall.Check(Syscall.Try(SyscallNumber.Ppoll, (nint)poll, 1, milliseconds < 0 ? 0 : (nint)time, 0, 8), "ppoll") > 0;
    }
}
