using System.Buffers.Binary;
using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>Unix sockets that keep messages apart (SOCK_SEQPACKET, unix(7)), by the name of one in a directory, whose path may be of any length.</summary>
internal static unsafe class PacketSockets
{
    private const int Unix = 1;
    private const int SequencedPacket = 5;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int NoSignal = 0x4000;
    private const int DoNotWait = 0x40;

    /// <summary>Listens at a name, in the place of a socket that is there.</summary>
    public static Descriptor Listen(Descriptor directory, string name)
    {
        FileSystem.TryRemove(directory.Number, name, isDirectory: false);
        return WithAddress(directory, name, NonBlocking, (socket, address, length) =>
        {
            Syscall.Check(Syscall.Try(SyscallNumber.Bind, socket, address, length), "bind", name);
            const int Waiting = 128;
            Syscall.Check(Syscall.Try(SyscallNumber.Listen, socket, Waiting), "listen", name);
        });
    }

    /// <summary>Connects to a name.</summary>
    public static Descriptor Connect(Descriptor directory, string name) =>
        WithAddress(directory, name, 0, (socket, address, length) => Syscall.Check(Syscall.Try(SyscallNumber.Connect, socket, address, length), "connect", name));

    /// <summary>Whether somebody listens at a name.</summary>
    public static bool IsListening(Descriptor directory, string name)
    {
        try
        {
            Connect(directory, name).Dispose();
            return true;
        }
        catch (SyscallException)
        {
            return false;
        }
    }

    /// <summary>Takes a connection; null where nobody waits.</summary>
    public static Descriptor? TryAccept(int listener) =>
        Syscall.Try(SyscallNumber.Accept4, listener, 0, 0, CloseOnExec | NonBlocking) is >= 0 and var accepted ? new Descriptor((int)accepted) : null;

    /// <summary>Sends one message; what it gives is below zero where that fails: EAGAIN where there is no room.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="message">The message.</param>
    /// <param name="waits">Whether it waits for room.</param>
    public static nint TrySend(int socket, ReadOnlySpan<byte> message, bool waits)
    {
        fixed (byte* at = message)
        {
            return Syscall.Try(SyscallNumber.Sendto, socket, (nint)at, message.Length, NoSignal | (waits ? 0 : DoNotWait), 0, 0);
        }
    }

    /// <summary>Receives one message: its length, 0 at the end, or the error number below zero.</summary>
    public static int TryReceive(int socket, Span<byte> message)
    {
        fixed (byte* at = message)
        {
            return (int)Syscall.Try(SyscallNumber.Recvfrom, socket, (nint)at, message.Length, 0, 0, 0);
        }
    }

    private static Descriptor WithAddress(Descriptor directory, string name, int flags, Action<int, nint, nint> use)
    {
        var socket = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Socket, Unix, SequencedPacket | CloseOnExec | flags, 0), "socket"));
        try
        {
            var address = stackalloc byte[110];
            new Span<byte>(address, 110).Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(new Span<byte>(address, 2), Unix);
            var length = Encoding.UTF8.GetBytes($"/proc/self/fd/{directory.Number}/{name}", new Span<byte>(address + 2, 107));
            use(socket.Number, (nint)address, length + 3);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
