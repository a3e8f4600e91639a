namespace Containerize.Linux;

/// <summary>Pipes (pipe2(2)), and which descriptors another program is left.</summary>
internal static unsafe class Pipe
{
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 0x80000;

    /// <summary>Makes one; both ends are closed when a program is executed.</summary>
    /// <param name="flags">More flags of pipe2(2).</param>
    public static (Descriptor Read, Descriptor Write) Make(int flags = 0)
    {
        var ends = stackalloc int[2];
        Syscall.Check(Syscall.Try(SyscallNumber.Pipe2, (nint)ends, CloseOnExec | flags), "pipe2");
        return (new Descriptor(ends[0]), new Descriptor(ends[1]));
    }

    /// <summary>Leaves a descriptor to the programs that are executed from now on.</summary>
    public static void Inherit(int descriptor) => Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, descriptor, SetDescriptorFlags, 0), "fcntl");

    /// <summary>Keeps all that is open from them, but for the standard streams; also what our caller has left us.</summary>
    public static void InheritNothing()
    {
        const int RangeCloseOnExec = 4;
        Syscall.Try(SyscallNumber.CloseRange, 3, int.MaxValue, RangeCloseOnExec);
    }
}
