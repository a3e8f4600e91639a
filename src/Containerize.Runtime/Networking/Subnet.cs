using System.Buffers.Binary;
using System.Globalization;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>The addresses of a named network: of IPv4, as 10.89.1.0/24.</summary>
/// <param name="First">The network's own address, the first of all.</param>
/// <param name="Prefix">How many bits all of them share.</param>
internal sealed record Subnet(uint First, int Prefix)
{
    /// <summary>The last one, which is everybody's.</summary>
    public uint Broadcast => First | (uint)((1UL << (32 - Prefix)) - 1);

    /// <summary>Reads one; null where it is none with at least two addresses to give.</summary>
    public static Subnet? TryParse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            || prefix is < 8 or > 29
            || TryAddress(text[..slash]) is not { } address)
        {
            return null;
        }

        return new Subnet(address & ~(uint)((1UL << (32 - prefix)) - 1), prefix);
    }

    /// <summary>An address as a number; null where it is none of IPv4.</summary>
    public static uint? TryAddress(string text) => InetEndPoint.TryParse(text, 0) is { IsVersion6: false } parsed ? (uint)parsed.Address : null;

    /// <summary>An address as a text.</summary>
    public static string Text(uint address) => new InetEndPoint(false, address, 0).AddressText();

    /// <summary>An address as it is sent.</summary>
    public static byte[] Bytes(uint address)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return bytes;
    }

    /// <summary>Whether a member may have an address.</summary>
    public bool Has(uint address) => address > First && address < Broadcast;

    /// <summary>Chooses the address of a new member; CTZ6073 where there is none.</summary>
    /// <param name="network">The network's name, for the error.</param>
    /// <param name="wished">The address that is wished for; null: any.</param>
    /// <param name="gateway">The one that is nobody's.</param>
    /// <param name="taken">Those of the others.</param>
    public uint Choose(string network, string? wished, uint gateway, IReadOnlyCollection<uint> taken)
    {
        if (wished is not null)
        {
            var address = TryAddress(wished);
            return address is not { } found ? throw Refuse(network, $"{wished} is no IPv4 address")
                : !Has(found) || found == gateway ? throw Refuse(network, $"{wished} is no address for a container of {Text(First)}/{Prefix}")
                : taken.Contains(found) ? throw Refuse(network, $"another container has the address {wished}")
                : found;
        }

        for (var address = First + 1; address < Broadcast; address++)
        {
            if (address != gateway && !taken.Contains(address))
            {
                return address;
            }
        }

        throw Refuse(network, $"all addresses of {Text(First)}/{Prefix} are taken");
    }

    private static ContainerizeException Refuse(string network, string why) =>
        Failure.Of(6073, $"joining the network {network}", why, "Choose another address, or leave it to the network.");
}
