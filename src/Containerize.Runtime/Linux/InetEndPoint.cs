using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Containerize.Runtime.Linux;

/// <summary>An internet address and a port, as the kernel has them in struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)).</summary>
/// <param name="IsVersion6">Whether the address is one of IPv6.</param>
/// <param name="Address">Its 32 or 128 bits.</param>
/// <param name="Port">The port.</param>
/// <param name="Scope">The interface of an address that is valid on one link only.</param>
internal readonly record struct InetEndPoint(bool IsVersion6, UInt128 Address, int Port, uint Scope = 0)
{
    /// <summary>The size of the larger of the two structures.</summary>
    public const int MostBytes = 28;

    private const int Version4 = 2;
    private const int Version6 = 10;

    /// <summary>The size of its structure.</summary>
    public int Size => IsVersion6 ? MostBytes : 16;

    /// <summary>Any address of this machine.</summary>
    public static InetEndPoint Any(bool version6, int port) => new(version6, 0, port);

    /// <summary>This machine's own end of the loopback interface.</summary>
    public static InetEndPoint Loopback(bool version6, int port) => new(version6, version6 ? 1u : 0x7F000001u, port);

    /// <summary>Reads an address, which may be in brackets; null where it is none.</summary>
    public static InetEndPoint? TryParse(string address, int port)
    {
        if (!IPAddress.TryParse(address, out var parsed))
        {
            return null;
        }

        var bytes = parsed.GetAddressBytes();
        return bytes.Length == 4
            ? new InetEndPoint(false, BinaryPrimitives.ReadUInt32BigEndian(bytes), port)
            : new InetEndPoint(true, BinaryPrimitives.ReadUInt128BigEndian(bytes), port, (uint)parsed.ScopeId);
    }

    /// <summary>Reads the kernel's structure.</summary>
    public static InetEndPoint Read(ReadOnlySpan<byte> bytes)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes) == Version6
            ? new InetEndPoint(true, BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]), port, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]))
            : new InetEndPoint(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
    }

    /// <summary>Writes the kernel's structure.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, IsVersion6 ? (ushort)Version6 : (ushort)Version4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)Port);
        if (IsVersion6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], Address);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], Scope);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)Address);
        }
    }

    /// <summary>The address alone.</summary>
    public string AddressText()
    {
        var bytes = new byte[MostBytes];
        Write(bytes);
        return new IPAddress(IsVersion6 ? bytes.AsSpan(8, 16) : bytes.AsSpan(4, 4)).ToString();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsVersion6 ? $"[{AddressText()}]" : AddressText())}:{Port}");
}
