using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>A message to the kernel about its network interfaces (netlink(7), rtnetlink(7)).</summary>
internal sealed class NetlinkMessage
{
    private const int HeaderSize = 16;

    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private readonly ushort _type;
    private readonly ushort _flags;

    /// <summary>Begins one.</summary>
    /// <param name="type">Its kind, of RTM_*.</param>
    /// <param name="flags">Of NLM_F_*; that it is a request with an answer is understood.</param>
    public NetlinkMessage(ushort type, ushort flags)
    {
        const ushort RequestWithAnswer = 1 | 4;
        _type = type;
        _flags = (ushort)(flags | RequestWithAnswer);
        _bytes.Advance(Clear(HeaderSize));
    }

    /// <summary>The whole, with its header.</summary>
    public byte[] ToArray()
    {
        var message = _bytes.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), _type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), _flags);
        return message;
    }

    /// <summary>Adds a struct ifinfomsg: of which interface, and what it is to be.</summary>
    public NetlinkMessage Link(int index = 0, uint flags = 0)
    {
        var at = _bytes.GetSpan(16);
        at[..16].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], flags);
        // Which of the flags are meant.
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], flags);
        _bytes.Advance(16);
        return this;
    }

    /// <summary>Adds a struct ifaddrmsg of IPv4.</summary>
    public NetlinkMessage Address(int prefix, int index)
    {
        const byte Version4 = 2;
        var at = _bytes.GetSpan(8);
        at[..8].Clear();
        at[0] = Version4;
        at[1] = (byte)prefix;
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], index);
        _bytes.Advance(8);
        return this;
    }

    /// <summary>Adds an attribute.</summary>
    public NetlinkMessage With(ushort type, ReadOnlySpan<byte> value)
    {
        var size = 4 + value.Length;
        var padded = (size + 3) & ~3;
        var at = _bytes.GetSpan(padded);
        at[..padded].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)size);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], type);
        value.CopyTo(at[4..]);
        _bytes.Advance(padded);
        return this;
    }

    /// <summary>Adds an attribute that is a text.</summary>
    public NetlinkMessage With(ushort type, string value) => With(type, Encoding.ASCII.GetBytes(value + "\0"));

    /// <summary>Adds an attribute that is a number.</summary>
    public NetlinkMessage With(ushort type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return With(type, bytes);
    }

    /// <summary>Adds an attribute that consists of what is added to another message.</summary>
    public NetlinkMessage Nested(ushort type, Action<NetlinkMessage> add)
    {
        var inner = new NetlinkMessage(0, 0);
        add(inner);
        return With(type, inner._bytes.WrittenSpan[HeaderSize..]);
    }

    private int Clear(int size)
    {
        _bytes.GetSpan(size)[..size].Clear();
        return size;
    }
}
