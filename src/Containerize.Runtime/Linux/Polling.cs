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
        var poll = 0L;
        Set(&poll, 0, descriptor);
        var time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000L };
        return Syscall.Check(Syscall.Try(SyscallNumber.Ppoll, (nint)(&poll), 1, milliseconds < 0 ? 0 : (nint)time, 0, 8), "ppoll") > 0;
    }

    /// <summary>Waits until something can be written to it, or it has ended.</summary>
    public static void WaitWritable(int descriptor)
    {
        var poll = 0L;
        SetWritable(&poll, 0, descriptor, andReadable: false);
        Syscall.Try(SyscallNumber.Ppoll, (nint)(&poll), 1, 0, 0, 8);
    }

    /// <summary>Sets one place of an array of struct pollfd: descriptor, events, revents. A descriptor below zero is passed over.</summary>
    public static void Set(long* polled, int index, int descriptor)
    {
        const short Readable = 1;
        *(int*)(polled + index) = descriptor;
        ((short*)(polled + index))[2] = Readable;
        ((short*)(polled + index))[3] = 0;
    }

    /// <summary>The same, for something to be written to; with what is there to be read or without.</summary>
    public static void SetWritable(long* polled, int index, int descriptor, bool andReadable)
    {
        const short Readable = 1;
        const short Writable = 4;
        Set(polled, index, descriptor);
        ((short*)(polled + index))[2] = (short)(Writable | (andReadable ? Readable : 0));
    }

    /// <summary>Whether something can be read there, or it has ended.</summary>
    public static bool IsReadable(long* polled, int index) => (((short*)(polled + index))[3] & ~4) != 0;

    /// <summary>Whether something can be written there.</summary>
    public static bool IsWritable(long* polled, int index) => (((short*)(polled + index))[3] & 4) != 0;

    /// <summary>Whether something has happened at a place.</summary>
    public static bool Happened(long* polled, int index) => ((short*)(polled + index))[3] != 0;
}
