namespace Containerize.Runtime.Linux;

/// <summary>The network namespace of the calling thread (network_namespaces(7)).</summary>
internal static class NetworkNamespace
{
    /// <summary>Gives the thread a new one, with its loopback interface up; there may be no way back.</summary>
    /// <returns>The namespace.</returns>
    public static Descriptor Make()
    {
        Syscall.Check(Syscall.Try(SyscallNumber.Unshare, (nint)CloneFlags.NewNetwork), "unshare", "CLONE_NEWNET");
        Loopback.Raise();
        return Own();
    }

    /// <summary>Whether a thread that leaves ours could come back: not so in most user namespaces (setns(2)).</summary>
    public static bool MayReturn()
    {
        using var own = Own();
        return Syscall.Try(SyscallNumber.Setns, own.Number, (nint)CloneFlags.NewNetwork) == 0;
    }

    /// <summary>Makes one for somebody else, and leaves the thread in its own; only for who <see cref="MayReturn"/>.</summary>
    /// <returns>The namespace.</returns>
    public static Descriptor MakeAside()
    {
        using var own = Own();
        try
        {
            return Make();
        }
        finally
        {
            Enter(own);
        }
    }

    /// <summary>Takes the thread into another.</summary>
    public static void Enter(Descriptor other) =>
        Syscall.Check(Syscall.Try(SyscallNumber.Setns, other.Number, (nint)CloneFlags.NewNetwork), "setns", "a network namespace");

    private static Descriptor Own() => FileSystem.Open(Descriptor.WorkingDirectory, "/proc/thread-self/ns/net", OpenFlags.ReadOnly);
}
