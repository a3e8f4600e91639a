using Containerize.Runtime.Steps;

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
        return FileSystem.Open(Descriptor.WorkingDirectory, "/proc/thread-self/ns/net", OpenFlags.ReadOnly);
    }

    /// <summary>Makes one for somebody else, and leaves the thread in its own. Only for who may return: no one in a user namespace (setns(2)).</summary>
    /// <returns>The namespace.</returns>
    public static Descriptor MakeAside()
    {
        using var own = FileSystem.Open(Descriptor.WorkingDirectory, "/proc/thread-self/ns/net", OpenFlags.ReadOnly);
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
}
