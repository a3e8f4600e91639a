namespace Containerize.Runtime.Linux;

/// <summary>The end of child processes (waitid(2)).</summary>
internal static unsafe class Waiting
{
    private const int Exited = 4;
    private const int NoWait = 1;
    private const int OfPidDescriptor = 3;
    private const int CodeExited = 1;

    /// <summary>Waits for a child and reaps it.</summary>
    /// <returns>The exit code, or 128 and the number of the signal that ended it.</returns>
    public static int ForChild(int pidDescriptor) => Wait(pidDescriptor, Exited)!.Value;

    /// <summary>As <see cref="ForChild"/>, or null when it is still there.</summary>
    public static int? TryForChild(int pidDescriptor) => Wait(pidDescriptor, Exited | NoWait);

    /// <summary>Reaps children that have ended, but one: those that came to us as their parents went.</summary>
    public static void ReapOthers(int but)
    {
        const int OfAny = 0;
        const int LeaveWaitable = 0x0100_0000;
        var info = stackalloc int[32];
        while (true)
        {
            new Span<int>(info, 32).Clear();
            // Looked at before it is taken, as the one is not to be taken here.
            if (Syscall.Try(SyscallNumber.Waitid, OfAny, 0, (nint)info, Exited | NoWait | LeaveWaitable) < 0 || info[4] == 0 || info[4] == but)
            {
                return;
            }

            const int OfPid = 1;
            Syscall.Try(SyscallNumber.Waitid, OfPid, info[4], (nint)info, Exited | NoWait);
        }
    }

    private static int? Wait(int pidDescriptor, int options)
    {
        // siginfo_t: signal, errno, code, padding, pid, uid, status.
        var info = stackalloc int[32];
        new Span<int>(info, 32).Clear();
        var waited = Syscall.Try(SyscallNumber.Waitid, OfPidDescriptor, pidDescriptor, (nint)info, options);
        if (waited == -Errno.ECHILD)
        {
            // It was reaped with the others, and how it ended is lost.
            const int Unknown = 255;
            return Unknown;
        }

        Syscall.Check(waited, "waitid");
        return info[0] == 0 ? null : info[2] == CodeExited ? info[6] : 128 + info[6];
    }
}
