using Containerize.Containers;
using Containerize.Runtime.Networking;
using Xunit;

namespace Containerize.Runtime.Tests.Networking;

public class WritingTheFiles
{
    private const string HostResolver = "# by somebody\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch example.org example.net\noptions edns0\n";

    [Fact]
    public void TheHostsFileHasLocalhostTheOwnNameAndWhatWasAskedFor()
    {
        var text = HostsFile.Text(null, ["web"], [new HostEntry { Name = "db", Address = "192.0.2.7" }]);
        Assert.Equal("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tweb\n192.0.2.7\tdb\n", text);
    }

    [Fact]
    public void TheHostsAddressIsPutInWhereItIsAskedFor()
    {
        var plan = new NetworkPlan { Hosts = [new HostEntry { Name = "host.docker.internal", Address = "host-gateway" }] };
        Assert.Equal("10.0.2.2", Assert.Single(HostsFile.Resolve(plan, "10.0.2.2")).Address);
        var error = Assert.Throws<ContainerizeException>(() => HostsFile.Resolve(plan, null));
        Assert.Equal("CTZ6072", error.Code);
        Assert.Contains("host.docker.internal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NameServersOfTheHostsLoopbackAreReachedByTheForwarder() => Assert.Equal(
        "search example.org example.net\nnameserver 10.0.2.3\nnameserver 192.0.2.53\noptions edns0\n",
        ResolverFile.Text(HostResolver, new NetworkPlan(), "10.0.2.3"));

    [Fact]
    public void WithoutAForwarderTheyStay() => Assert.Equal(
        "search example.org example.net\nnameserver 127.0.0.53\nnameserver 192.0.2.53\noptions edns0\n",
        ResolverFile.Text(HostResolver, new NetworkPlan(), null));

    [Fact]
    public void ThePlanComesBeforeTheHost() => Assert.Equal(
        "nameserver 192.0.2.1\noptions ndots:2\n",
        ResolverFile.Text(HostResolver, new NetworkPlan { Dns = ["192.0.2.1"], DnsSearch = ["."], DnsOptions = ["ndots:2"] }, "10.0.2.3"));

    [SkippableFact]
    public void TheHostsNetworkHasTheHostsFiles()
    {
        using var network = PreparedNetwork.Create(new NetworkPlan { Kind = NetworkKind.Host, Hosts = [new HostEntry { Name = "db", Address = "192.0.2.7" }] });
        Assert.Null(network.Network.NamespacePath);
        Assert.Equal(File.ReadAllText("/etc/hosts").TrimEnd('\n') + "\n192.0.2.7\tdb\n", network.Hosts);
    }

    [SkippableFact]
    public void NoNetworkHasTheLoopbackInterfaceAlone()
    {
        using var network = PreparedNetwork.Create(new NetworkPlan { Kind = NetworkKind.None, HostName = "alone" });
        Assert.Equal(["lo"], network.Inside(() => File.ReadAllLines("/proc/thread-self/net/dev")).Skip(2).Select(line => line.Split(':')[0].Trim()));
        Assert.Contains("127.0.1.1\talone\n", network.Hosts, StringComparison.Ordinal);
        Assert.Null(network.Network.Ports);
        using var listener = network.Listen("::1", 80);
    }

    [SkippableFact]
    public void AnotherContainersNetworkNeedsOneThatRuns()
    {
        using var other = PreparedNetwork.Create(new NetworkPlan { Kind = NetworkKind.None });
        var plan = new NetworkPlan { Kind = NetworkKind.Container, Container = other.Directory };
        Assert.Equal("CTZ6071", Assert.Throws<ContainerizeException>(() => PreparedNetwork.Create(plan)).Code);
        // Its first process is ourselves here.
        File.WriteAllText(Path.Combine(other.Directory, "state.json"), $$"""{"status":"running","pid":{{Environment.ProcessId}}}""");
        File.WriteAllText(Path.Combine(other.Directory, "monitor.lock"), "");
        Assert.Equal("CTZ6071", Assert.Throws<ContainerizeException>(() => PreparedNetwork.Create(plan)).Code);
        using var taken = Containerize.Runtime.Linux.FileLock.Take(Path.Combine(other.Directory, "monitor.lock"));
        using var network = PreparedNetwork.Create(plan);
        Assert.Equal(Path.GetFileName(new FileInfo("/proc/self/ns/net").LinkTarget), Path.GetFileName(new FileInfo(network.Network.NamespacePath!).LinkTarget));
    }
}
