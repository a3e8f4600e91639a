using System.Net;
using System.Net.Sockets;
using System.Text;
using Containerize.Containers;
using Containerize.Runtime.Networking;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Networking;

public sealed class JoiningANamedNetwork : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public JoiningANamedNetwork() => _folder.Write("networks/blue.json", """{"name":"blue","subnet":"10.89.7.0/24","gateway":"10.89.7.1"}""");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task TwoReachEachOtherByNameBothWays()
    {
        using var one = Join("one", "db");
        using var two = Join("two");
        Assert.Equal("10.89.7.2", one.Network.Address);
        Assert.Equal("10.89.7.3", two.Network.Address);
        Assert.Equal(Hosts("10.89.7.2", "one db", "10.89.7.3\ttwo\n"), one.Hosts);
        Assert.Equal(Hosts("10.89.7.3", "two", "10.89.7.2\tone db\n"), two.Hosts);
        await CanCallAsync(one, two, 8080);
        await CanCallAsync(two, one, 8081);
    }

    [SkippableFact]
    public async Task OneThatComesAgainIsFoundAgain()
    {
        using var one = Join("one");
        using var two = Join("two");
        await CanCallAsync(one, two, 8080);
        two.Network.Dispose();
        Assert.Equal(Hosts("10.89.7.2", "one", ""), one.Hosts);
        using var three = Join("three");
        Assert.Equal("10.89.7.3", three.Network.Address);
        using var again = Join("two");
        Assert.Equal("10.89.7.4", again.Network.Address);
        Assert.Equal(Hosts("10.89.7.2", "one", "10.89.7.3\tthree\n10.89.7.4\ttwo\n"), InOrder(one.Hosts));
        // Others remember whose hardware address it was.
        await CanCallAsync(one, three, 8080);
        await CanCallAsync(again, one, 8081);
    }

    [SkippableFact]
    public async Task TheLastOfTheFirstMayLeaveAndTheNetworkStays()
    {
        var one = Join("one");
        using var two = Join("two");
        one.Dispose();
        using var three = Join("three");
        await CanCallAsync(two, three, 8080);
    }

    [SkippableFact]
    public async Task ThePortsOfTheHostLeadToItToo()
    {
        using var one = Join(new NetworkPlan { HostName = "one", Ports = [new PortPlan { HostAddress = "127.0.0.1", ContainerPort = 8080 }] });
        // Not on all addresses: the own one of the network is tried after the loopback interface's.
        using var listener = one.Listen(one.Network.Address!, 8080);
        var server = ForwardingTcp.EchoAsync(listener, 1);
        Assert.Equal("hello", await ForwardingTcp.AskAsync(one.HostEnd(), "hello"));
        await server;
    }

    [SkippableFact]
    public void AnAddressThatIsWishedForIsGivenToOneAlone()
    {
        using var one = Join(new NetworkPlan { HostName = "one", Address = "10.89.7.77" });
        Assert.Equal("10.89.7.77", one.Network.Address);
        foreach (var (address, why) in ((string, string)[])
            [("10.89.7.77", "another container has"), ("10.89.7.1", "no address for a container"), ("10.89.8.2", "no address for a container"), ("x", "no IPv4 address")])
        {
            var error = Assert.Throws<ContainerizeException>(() => Join(new NetworkPlan { HostName = "two", Address = address }));
            Assert.Equal("CTZ6073", error.Code);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void ANetworkThatIsNotThereIsNamed()
    {
        var plan = new NetworkPlan { Kind = NetworkKind.Named, Name = "green", NetworkFile = _folder["networks/green.json"] };
        var error = Assert.Throws<ContainerizeException>(() => PreparedNetwork.Create(plan));
        Assert.Equal("CTZ6073", error.Code);
        Assert.Contains("green", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFullNetworkSaysSo()
    {
        var subnet = Subnet.TryParse("10.1.2.3/29")!;
        Assert.Equal("10.1.2.0", Subnet.Text(subnet.First));
        Assert.Equal("10.1.2.7", Subnet.Text(subnet.Broadcast));
        var taken = Enumerable.Range(2, 5).Select(i => subnet.First + (uint)i).ToHashSet();
        Assert.Equal("CTZ6073", Assert.Throws<ContainerizeException>(() => subnet.Choose("blue", null, subnet.First + 1, taken)).Code);
        Assert.Equal(subnet.First + 1, subnet.Choose("blue", null, subnet.First + 2, taken));
        Assert.Null(Subnet.TryParse("10.0.0.0"));
        Assert.Null(Subnet.TryParse("10.0.0.0/31"));
        Assert.Null(Subnet.TryParse("fd00::/64"));
    }

    private static string Hosts(string address, string names, string others) =>
        $"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{address}\t{names}\n# the other containers of the network\n{others}# as long as they run\n";

    private static string InOrder(string hosts)
    {
        var lines = hosts.Split('\n');
        Array.Sort(lines, 4, lines.Length - 6, StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static async Task CanCallAsync(PreparedNetwork from, PreparedNetwork to, int port)
    {
        using var listener = to.Listen("0.0.0.0", port);
        var server = ForwardingTcp.EchoAsync(listener, 1);
        var end = new IPEndPoint(IPAddress.Parse(to.Network.Address!), port);
        using var caller = from.Inside(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(end);
            return socket;
        });
        await caller.SendAsync("hello"u8.ToArray());
        caller.Shutdown(SocketShutdown.Send);
        var answer = new byte[100];
        Assert.Equal("hello", Encoding.ASCII.GetString(answer, 0, await caller.ReceiveAsync(answer).WaitAsync(TimeSpan.FromSeconds(30))));
        await server;
    }

    private PreparedNetwork Join(string name, params string[] aliases) => Join(new NetworkPlan { HostName = name, Aliases = aliases });

    private PreparedNetwork Join(NetworkPlan plan) => PreparedNetwork.Create(
        plan with { Kind = NetworkKind.Named, Name = "blue", NetworkFile = _folder["networks/blue.json"] },
        _folder["containers/" + plan.HostName]);
}
