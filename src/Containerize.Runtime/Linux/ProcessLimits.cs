namespace Containerize.Runtime.Linux;

/// <summary>What the kernel lets us have (getrlimit(2)).</summary>
internal static unsafe class ProcessLimits
{
    /// <summary>How many descriptors we may have open.</summary>
    public static int OpenFiles()
    {
        const int OpenFiles = 7;
        var limits = stackalloc ulong[2];
        return Syscall.Try(SyscallNumber.Prlimit64, 0, OpenFiles, 0, (nint)limits) < 0 ? 1024 : (int)Math.Min(limits[0], 1_000_000);
    }
}
