namespace Containerize.Runtime.Linux;

/// <summary>The loopback interface of a new network namespace, which is down at first.</summary>
internal static unsafe class Loopback
{
    /// <summary>Brings it up.</summary>
    public static void Raise()
    {
        const int Internet = 2;
        const int DatagramCloseOnExec = 2 | 0x80000;
        const int GetFlags = 0x8913;
        const int SetFlags = 0x8914;
        const short Up = 1;
        using var socket = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Socket, Internet, DatagramCloseOnExec, 0), "socket"));
        // struct ifreq: 16 bytes of name, then the flags.
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, 16));
        Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, socket.Number, GetFlags, (nint)request), "ioctl", "SIOCGIFFLAGS lo");
        *(short*)(request + 16) |= Up;
        Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, socket.Number, SetFlags, (nint)request), "ioctl", "SIOCSIFFLAGS lo");
    }
}
