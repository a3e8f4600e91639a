using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>The making of network interfaces in the calling thread's namespace (rtnetlink(7), veth(4)).</summary>
internal static unsafe class Links
{
    private const ushort NewLink = 16;
    private const ushort DeleteLink = 17;
    private const ushort NewAddress = 20;

    private const ushort CreateOnly = 0x200 | 0x400;
    private const uint Up = 1;

    private const ushort HardwareAddress = 1;
    private const ushort Name = 3;
    private const ushort Master = 10;
    private const ushort Information = 18;
    private const ushort NamespaceDescriptor = 28;
    private const ushort Kind = 1;
    private const ushort Data = 2;

    /// <summary>Makes a bridge.</summary>
    public static void AddBridge(string name)
    {
        Netlink.Send(new NetlinkMessage(NewLink, CreateOnly).Link().With(Name, name).Nested(Information, link => link.With(Kind, "bridge")), $"making the bridge {name}");
        Raise(name);
    }

    /// <summary>Makes two interfaces that are the ends of one cable.</summary>
    /// <param name="name">Ours.</param>
    /// <param name="hardware">The hardware address of ours.</param>
    /// <param name="other">The other's name.</param>
    /// <param name="othersNamespace">The namespace in which the other is.</param>
    public static void AddPair(string name, ReadOnlySpan<byte> hardware, string other, Descriptor othersNamespace)
    {
        const ushort Peer = 1;
        var address = hardware.ToArray();
        var message = new NetlinkMessage(NewLink, CreateOnly)
            .Link()
            .With(Name, name)
            .With(HardwareAddress, address)
            .Nested(Information, link => link
                .With(Kind, "veth")
                .Nested(Data, data => data.Nested(Peer, peer => peer.Link().With(Name, other).With(NamespaceDescriptor, othersNamespace.Number))));
        Netlink.Send(message, $"making the interface {name}");
    }

    /// <summary>Makes an interface one of a bridge's.</summary>
    public static void Plug(string name, string bridge)
    {
        Netlink.Send(new NetlinkMessage(NewLink, 0).Link(Index(name)).With(Master, Index(bridge)), $"plugging {name} into {bridge}");
        Raise(name);
    }

    /// <summary>Brings an interface up.</summary>
    public static void Raise(string name) => Netlink.Send(new NetlinkMessage(NewLink, 0).Link(Index(name), Up), $"raising {name}");

    /// <summary>Gives an interface an address of IPv4.</summary>
    public static void AddAddress(string name, ReadOnlySpan<byte> address, ReadOnlySpan<byte> broadcast, int prefix)
    {
        const ushort Address = 1;
        const ushort Local = 2;
        const ushort Broadcast = 4;
        var message = new NetlinkMessage(NewAddress, CreateOnly).Address(prefix, Index(name)).With(Local, address).With(Address, address).With(Broadcast, broadcast);
        Netlink.Send(message, $"giving {name} its address");
    }

    /// <summary>Removes an interface, and with it the other end of its cable; one that is not there is no error.</summary>
    public static void Remove(string name) => Netlink.TrySend(new NetlinkMessage(DeleteLink, 0).Link().With(Name, name));

    private static int Index(string name)
    {
        const int GetIndex = 0x8933;
        using var socket = new Descriptor((int)Syscall.Check(InetSockets.TryOpen(version6: false, datagrams: true), "socket"));
        // struct ifreq: 16 bytes of name, then the index.
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, socket.Number, GetIndex, (nint)request), "ioctl", "SIOCGIFINDEX " + name);
        return *(int*)(request + 16);
    }
}
