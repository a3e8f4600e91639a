using System.Buffers.Binary;

namespace Containerize.Runtime.Linux;

/// <summary>Messages to the kernel about the network of the calling thread's namespace (netlink(7)).</summary>
internal static unsafe class Netlink
{
    private const int Family = 16;

    /// <summary>Sends a message and waits for the answer; 0, or the error number below zero.</summary>
    public static nint TrySend(NetlinkMessage message)
    {
        const int RawCloseOnExec = 3 | 0x80000;
        const int HeaderSize = 16;
        using var socket = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Socket, Family, RawCloseOnExec, 0), "socket", "netlink"));
        var bytes = message.ToArray();
        nint result;
        fixed (byte* at = bytes)
        {
            result = Syscall.Try(SyscallNumber.Sendto, socket.Number, (nint)at, bytes.Length, 0, 0, 0);
        }

        if (result < 0)
        {
            return result;
        }

        // The answer is an error message, whose error may be none; it repeats what was asked.
        var answer = new byte[4096];
        result = InetSockets.TryReceive(socket.Number, answer);
        return result < 0 ? result : result < HeaderSize + 4 ? -Errno.EIO : BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(HeaderSize));
    }

    /// <summary>As <see cref="TrySend"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="doing">What it does, for the error.</param>
    public static void Send(NetlinkMessage message, string doing) => Syscall.Check(TrySend(message), "netlink", doing);
}
