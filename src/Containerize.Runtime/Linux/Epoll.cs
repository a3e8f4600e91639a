using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>Waiting for many descriptors at once (epoll(7)).</summary>
internal sealed unsafe class Epoll : IDisposable
{
    public const uint Readable = 1;
    public const uint Writable = 4;
    public const uint Failed = 8;
    public const uint PeerHasEnded = 0x2000;
    public const uint OnChange = 1u << 31;

    private const int Most = 64;

    private readonly Descriptor _descriptor;
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed(Most * 16);

    /// <summary>Makes one.</summary>
    public Epoll()
    {
        const int CloseOnExec = 0x80000;
        _descriptor = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.EpollCreate1, CloseOnExec), "epoll_create1"));
    }

    // struct epoll_event is packed on x86-64 only: events, then 64 bits of the user's.
    private static int Size => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Watches a descriptor.</summary>
    /// <param name="descriptor">Which.</param>
    /// <param name="events">What for.</param>
    /// <param name="tag">By which <see cref="Wait"/> calls it.</param>
    public void Add(int descriptor, uint events, int tag)
    {
        const int Add = 1;
        var item = stackalloc byte[16];
        *(uint*)item = events;
        *(long*)(item + Size - 8) = tag;
        Syscall.Check(Syscall.Try(SyscallNumber.EpollCtl, _descriptor.Number, Add, descriptor, (nint)item), "epoll_ctl");
    }

    /// <summary>Watches it no longer.</summary>
    public void Remove(int descriptor)
    {
        const int Delete = 2;
        Syscall.Try(SyscallNumber.EpollCtl, _descriptor.Number, Delete, descriptor, 0);
    }

    /// <summary>Waits until something happens.</summary>
    /// <param name="milliseconds">How long at most; below zero: as long as it takes.</param>
    /// <returns>How much has happened; see <see cref="Event"/>.</returns>
    public int Wait(int milliseconds) =>
        (int)Syscall.Check(Syscall.Try(SyscallNumber.EpollPwait, _descriptor.Number, (nint)_events, Most, milliseconds, 0, 8), "epoll_pwait");

    /// <summary>One of the things that have happened.</summary>
    public (uint Events, int Tag) Event(int index) => (*(uint*)(_events + (index * Size)), (int)*(long*)(_events + (index * Size) + Size - 8));

    /// <inheritdoc/>
    public void Dispose()
    {
        _descriptor.Dispose();
        NativeMemory.Free(_events);
    }
}
