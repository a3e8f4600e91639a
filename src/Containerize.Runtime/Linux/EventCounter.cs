namespace Containerize.Runtime.Linux;

/// <summary>A bell between threads: what one rings, the other can wait for with epoll (eventfd(2)).</summary>
internal sealed unsafe class EventCounter : IDisposable
{
    private readonly Descriptor _descriptor;

    /// <summary>Makes one.</summary>
    public EventCounter()
    {
        const int CloseOnExecNonBlocking = 0x80000 | 0x800;
        _descriptor = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Eventfd2, 0, CloseOnExecNonBlocking), "eventfd2"));
    }

    /// <summary>The descriptor.</summary>
    public int Number => _descriptor.Number;

    /// <summary>Rings.</summary>
    public void Ring()
    {
        var one = 1L;
        Syscall.Try(SyscallNumber.Write, Number, (nint)(&one), 8);
    }

    /// <summary>Makes it silent again.</summary>
    public void Clear()
    {
        var count = 0L;
        Syscall.Try(SyscallNumber.Read, Number, (nint)(&count), 8);
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
