using System.Globalization;
using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A port of the host that is ours.</summary>
internal sealed class HostPort : IDisposable
{
    private const int Backlog = 4096;

    private HostPort(PortPlan plan, Descriptor socket, bool isVersion6)
    {
        Plan = plan;
        Socket = socket;
        IsVersion6 = isVersion6;
    }

    /// <summary>The plan, with the port that it came to be.</summary>
    public PortPlan Plan { get; }

    /// <summary>The socket: of TCP it listens.</summary>
    public Descriptor Socket { get; }

    /// <summary>Whether it is one of IPv6, which may be one of IPv4 too.</summary>
    public bool IsVersion6 { get; }

    /// <summary>Whether it is one of UDP.</summary>
    public bool IsDatagrams => Plan.Protocol == "udp";

    /// <summary>Takes a port of the host; CTZ6070 where that cannot be.</summary>
    public static HostPort Open(PortPlan plan)
    {
        if (plan.Protocol is not ("tcp" or "udp"))
        {
            throw Failure.Of(6070, $"opening the port {plan.HostPort}", $"the protocol {plan.Protocol} cannot be forwarded", "Use tcp or udp.");
        }

        if (plan.HostAddress.Length > 0)
        {
            var at = InetEndPoint.TryParse(plan.HostAddress, plan.HostPort)
                ?? throw Failure.Of(6070, $"opening the port {plan.HostPort}", $"{plan.HostAddress} is no address", "Name an IPv4 or IPv6 address of this machine.");
            return TryOpen(plan, at, false, out var errno) ?? throw Refused(plan, errno);
        }

        // One socket for all addresses of both kinds; a machine may have IPv6 turned off (ipv6.disable, net.ipv6.conf.all.disable_ipv6).
        return TryOpen(plan, InetEndPoint.Any(true, plan.HostPort), true, out var error)
            ?? (error is Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL ? TryOpen(plan, InetEndPoint.Any(false, plan.HostPort), false, out error) : null)
            ?? throw Refused(plan, error);
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();

    private static HostPort? TryOpen(PortPlan plan, InetEndPoint at, bool bothVersions, out int errno)
    {
        var datagrams = plan.Protocol == "udp";
        var opened = InetSockets.TryOpen(at.IsVersion6, datagrams);
        errno = (int)Math.Max(0, -opened);
        if (opened < 0)
        {
            return null;
        }

        var socket = new Descriptor((int)opened);
        if (at.IsVersion6)
        {
            InetSockets.OnlyVersion6(socket.Number, !bothVersions);
        }

        if (datagrams)
        {
            InetSockets.TellOwnAddress(socket.Number, at.IsVersion6);
        }
        else
        {
            // Of UDP this would let two have the same port, and the last one all datagrams (socket(7)).
            InetSockets.ReuseAddress(socket.Number);
        }

        var result = InetSockets.TryBind(socket.Number, at);
        if (result == 0 && !datagrams)
        {
            result = InetSockets.TryListen(socket.Number, Backlog);
        }

        if (result < 0)
        {
            errno = (int)-result;
            socket.Dispose();
            return null;
        }

        return new HostPort(plan with { HostPort = InetSockets.LocalOf(socket.Number).Port }, socket, at.IsVersion6);
    }

    private static ContainerizeException Refused(PortPlan plan, int errno)
    {
        var address = plan.HostAddress.Length == 0 ? "0.0.0.0" : plan.HostAddress.Contains(':', StringComparison.Ordinal) ? $"[{plan.HostAddress.Trim('[', ']')}]" : plan.HostAddress;
        var doing = string.Create(CultureInfo.InvariantCulture, $"opening {address}:{plan.HostPort}/{plan.Protocol} for the container's port {plan.ContainerPort}");
        return Failure.Of(6070, doing, Errno.Describe(errno), errno switch
        {
            Errno.EADDRINUSE => $"Choose another port of the host, or end what has this one: `ss -lnp 'sport = :{plan.HostPort}'` shows it.",
            Errno.EACCES or Errno.EPERM =>
                $"Plain users have the ports from {FirstUnprivileged()} on: choose one of those, or let them have it: `sudo sysctl net.ipv4.ip_unprivileged_port_start={plan.HostPort}`.",
            Errno.EADDRNOTAVAIL => "The machine has no such address: `ip address` shows those that it has.",
            _ => "",
        });
    }

    private static string FirstUnprivileged()
    {
        try
        {
            return FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/sys/net/ipv4/ip_unprivileged_port_start").Trim();
        }
        catch (SyscallException)
        {
            return "1024";
        }
    }
}
