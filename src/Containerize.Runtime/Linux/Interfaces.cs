using System.Buffers.Binary;
using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>The network interfaces of the calling thread's namespace (netdevice(7)).</summary>
internal static unsafe class Interfaces
{
    /// <summary>An interface's address of IPv4; null: it has none.</summary>
    public static string? AddressOf(string name)
    {
        const int GetAddress = 0x8915;
        const int LongestName = 15;
        using var socket = new Descriptor((int)Syscall.Check(InetSockets.TryOpen(version6: false, datagrams: true), "socket"));
        // struct ifreq: 16 bytes of name, then a struct sockaddr.
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.UTF8.GetBytes(name.AsSpan(0, Math.Min(name.Length, LongestName)), new Span<byte>(request, LongestName));
        return Syscall.Try(SyscallNumber.Ioctl, socket.Number, GetAddress, (nint)request) < 0
            ? null
            : new InetEndPoint(false, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(request + 20, 4)), 0).AddressText();
    }
}
