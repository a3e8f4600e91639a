namespace Containerize.Runtime.Linux;

/// <summary>Sockets of the internet protocols, none of which blocks (tcp(7), udp(7)).</summary>
/// <remarks>System.Net.Sockets has threads of its own, and more code than all the rest of us.</remarks>
internal static unsafe class InetSockets
{
    private const int SocketLevel = 1;
    private const int TcpLevel = 6;
    private const int Version6Level = 41;

    /// <summary>Makes a socket; the error number below zero where the machine has no such protocol.</summary>
    public static nint TryOpen(bool version6, bool datagrams)
    {
        const int NonBlockingCloseOnExec = 0x800 | 0x80000;
        return Syscall.Try(SyscallNumber.Socket, version6 ? 10 : 2, (datagrams ? 2 : 1) | NonBlockingCloseOnExec, 0);
    }

    /// <summary>Gives a socket an address; the error number below zero where that fails.</summary>
    public static nint TryBind(int socket, InetEndPoint at)
    {
        var address = stackalloc byte[InetEndPoint.MostBytes];
        at.Write(new Span<byte>(address, InetEndPoint.MostBytes));
        return Syscall.Try(SyscallNumber.Bind, socket, (nint)address, at.Size);
    }

    /// <summary>Has a socket wait for connections.</summary>
    public static nint TryListen(int socket, int backlog) => Syscall.Try(SyscallNumber.Listen, socket, backlog);

    /// <summary>Begins to connect; the error number below zero, which is EINPROGRESS mostly.</summary>
    public static nint TryConnect(int socket, InetEndPoint to)
    {
        var address = stackalloc byte[InetEndPoint.MostBytes];
        to.Write(new Span<byte>(address, InetEndPoint.MostBytes));
        return Syscall.Try(SyscallNumber.Connect, socket, (nint)address, to.Size);
    }

    /// <summary>Takes a connection; its descriptor, or the error number below zero.</summary>
    public static nint TryAccept(int listener)
    {
        const int NonBlockingCloseOnExec = 0x800 | 0x80000;
        return Syscall.Try(SyscallNumber.Accept4, listener, 0, 0, NonBlockingCloseOnExec);
    }

    /// <summary>A socket's own address.</summary>
    public static InetEndPoint LocalOf(int socket)
    {
        var address = stackalloc byte[InetEndPoint.MostBytes];
        var size = InetEndPoint.MostBytes;
        Syscall.Check(Syscall.Try(SyscallNumber.Getsockname, socket, (nint)address, (nint)(&size)), "getsockname");
        return InetEndPoint.Read(new ReadOnlySpan<byte>(address, InetEndPoint.MostBytes));
    }

    /// <summary>Whether a socket is connected by now.</summary>
    public static bool HasPeer(int socket)
    {
        var address = stackalloc byte[InetEndPoint.MostBytes];
        var size = InetEndPoint.MostBytes;
        return Syscall.Try(SyscallNumber.Getpeername, socket, (nint)address, (nint)(&size)) == 0;
    }

    /// <summary>The error that a socket has had since the last time; 0: none.</summary>
    public static int TakeError(int socket)
    {
        const int Error = 4;
        var value = 0;
        var size = 4;
        Syscall.Try(SyscallNumber.Getsockopt, socket, SocketLevel, Error, (nint)(&value), (nint)(&size));
        return value;
    }

    /// <summary>Lets a server listen again while connections of the one before it are still ending.</summary>
    public static void ReuseAddress(int socket) => SetOption(socket, SocketLevel, 2, 1);

    /// <summary>Sends at once, however little it is.</summary>
    public static void SendAtOnce(int socket) => SetOption(socket, TcpLevel, 1, 1);

    /// <summary>Whether a socket of IPv6 is one of IPv4 as well.</summary>
    public static void OnlyVersion6(int socket, bool only) => SetOption(socket, Version6Level, 26, only ? 1 : 0);

    /// <summary>Has each datagram say to which of our addresses it came: the answer has to come from there.</summary>
    public static void TellOwnAddress(int socket, bool version6) => SetOption(socket, version6 ? Version6Level : 0, version6 ? 49 : 8, 1);

    /// <summary>Has the connection end with a reset when the socket is closed.</summary>
    public static void ResetOnClose(int socket)
    {
        const int Linger = 13;
        var value = stackalloc int[2] { 1, 0 };
        Syscall.Try(SyscallNumber.Setsockopt, socket, SocketLevel, Linger, (nint)value, 8);
    }

    /// <summary>Tells the other side that nothing more comes.</summary>
    public static void EndWriting(int socket) => Syscall.Try(SyscallNumber.Shutdown, socket, 1);

    /// <summary>Receives; the number of bytes, 0 at the end, or the error number below zero.</summary>
    public static nint TryReceive(int socket, Span<byte> into) => Receive(socket, into, 0);

    /// <summary>As <see cref="TryReceive"/>, but it stays where it is.</summary>
    public static nint TryPeek(int socket, Span<byte> into) => Receive(socket, into, 2);

    /// <summary>Throws away what was seen by <see cref="TryPeek"/>, without another copy of it (MSG_TRUNC, tcp(7)).</summary>
    public static nint TryDiscard(int socket, nint count)
    {
        const int Truncate = 0x20;
        return Syscall.Try(SyscallNumber.Recvfrom, socket, 0, count, Truncate);
    }

    /// <summary>Sends; the number of bytes, or the error number below zero.</summary>
    public static nint TrySend(int socket, ReadOnlySpan<byte> bytes)
    {
        const int NoSignal = 0x4000;
        fixed (byte* at = bytes)
        {
            return Syscall.Try(SyscallNumber.Sendto, socket, (nint)at, bytes.Length, NoSignal);
        }
    }

    private static nint Receive(int socket, Span<byte> into, int flags)
    {
        fixed (byte* at = into)
        {
            return Syscall.Try(SyscallNumber.Recvfrom, socket, (nint)at, into.Length, flags);
        }
    }

    private static void SetOption(int socket, int level, int option, int value) =>
        Syscall.Check(Syscall.Try(SyscallNumber.Setsockopt, socket, level, option, (nint)(&value), 4), "setsockopt");
}
