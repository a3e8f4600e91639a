using System.Buffers.Binary;

namespace Containerize.Runtime.Linux;

/// <summary>Datagrams with both of their addresses (IP_PKTINFO in ip(7), IPV6_RECVPKTINFO in ipv6(7)).</summary>
internal static unsafe class Datagrams
{
    // struct cmsghdr: size_t length, int level, int type.
    private const int HeaderSize = 16;
    private const int ControlSize = 64;
    private const int PacketInfo4 = 8;
    private const int PacketInfo6 = 50;
    private const int Level6 = 41;

    /// <summary>Receives one; its size, or the error number below zero.</summary>
    /// <param name="socket">The socket; see <see cref="InetSockets.TellOwnAddress"/>.</param>
    /// <param name="into">Its bytes.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="own">Our address to which it came; 0: it is not known.</param>
    public static nint TryReceive(int socket, Span<byte> into, out InetEndPoint from, out UInt128 own)
    {
        var address = stackalloc byte[InetEndPoint.MostBytes];
        var control = stackalloc byte[ControlSize];
        own = 0;
        from = default;
        fixed (byte* at = into)
        {
            var vector = new IoVector { Base = (nint)at, Length = (nuint)into.Length };
            var message = Header(address, &vector, control, ControlSize);
            var size = Syscall.Try(SyscallNumber.Recvmsg, socket, (nint)(&message));
            if (size < 0)
            {
                return size;
            }

            from = InetEndPoint.Read(new ReadOnlySpan<byte>(address, InetEndPoint.MostBytes));
            var info = new ReadOnlySpan<byte>(control, (int)message.ControlLength);
            if (info.Length >= HeaderSize + 12)
            {
                // in6_pktinfo: address, interface. in_pktinfo: interface, our address for the answer, the datagram's address.
                own = BinaryPrimitives.ReadInt32LittleEndian(info[12..]) == PacketInfo6
                    ? BinaryPrimitives.ReadUInt128BigEndian(info[HeaderSize..])
                    : BinaryPrimitives.ReadUInt32BigEndian(info[(HeaderSize + 4)..]);
            }

            return size;
        }
    }

    /// <summary>Sends one.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="to">To whom.</param>
    /// <param name="own">From which of our addresses; 0: as the kernel would.</param>
    public static nint TrySend(int socket, ReadOnlySpan<byte> datagram, InetEndPoint to, UInt128 own)
    {
        var address = stackalloc byte[InetEndPoint.MostBytes];
        to.Write(new Span<byte>(address, InetEndPoint.MostBytes));
        var control = stackalloc byte[ControlSize];
        var info = new Span<byte>(control, ControlSize);
        info.Clear();
        var infoSize = to.IsVersion6 ? 20 : 12;
        BinaryPrimitives.WriteUInt64LittleEndian(info, (ulong)(HeaderSize + infoSize));
        BinaryPrimitives.WriteInt32LittleEndian(info[8..], to.IsVersion6 ? Level6 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(info[12..], to.IsVersion6 ? PacketInfo6 : PacketInfo4);
        if (to.IsVersion6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(info[HeaderSize..], own);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(info[(HeaderSize + 4)..], (uint)own);
        }

        fixed (byte* at = datagram)
        {
            var vector = new IoVector { Base = (nint)at, Length = (nuint)datagram.Length };
            // The size with the padding to eight bytes.
            var message = Header(address, &vector, control, own == 0 ? 0 : HeaderSize + ((infoSize + 7) & ~7));
            message.NameLength = (uint)to.Size;
            return Syscall.Try(SyscallNumber.Sendmsg, socket, (nint)(&message));
        }
    }

    private static MessageHeader Header(byte* address, IoVector* vector, byte* control, int controlSize) => new()
    {
        Name = (nint)address,
        NameLength = InetEndPoint.MostBytes,
        Vectors = (nint)vector,
        VectorCount = 1,
        Control = controlSize == 0 ? 0 : (nint)control,
        ControlLength = (nuint)controlSize,
    };
}
