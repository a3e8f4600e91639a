using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>The networks that there are, what a container is told of its own, and what is refused.</summary>
public sealed class ChoosingTheNetwork(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableFact]
    public async Task TheHostsIsTheHostsAndNoneHasNothing()
    {
        LocalMachine.Require();
        var own = File.ResolveLinkTarget("/proc/self/ns/net", false)!.Name;
        Assert.Equal(own + "\n", (await machine.RunAsync("run", "--rm", "--network", "host", LocalMachine.Image, "stat", "-L", "-c", "net:[%i]", "/proc/self/ns/net")).Output);
        Assert.Equal("lo\n", (await machine.RunAsync("run", "--rm", "--network", "none", LocalMachine.Image, "ls", "/sys/class/net")).Output);
    }

    [SkippableFact]
    public async Task AnotherContainersIsSharedWithItsFiles()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "owner", "--network", "none", "--hostname", "owner", LocalMachine.Image, "sleep", "1000");
        string[] look = ["sh", "-c", "stat -L -c %i /proc/self/ns/net; cat /etc/hosts /etc/resolv.conf"];
        var own = (await machine.RunAsync(["exec", "owner", .. look])).Succeeded();
        Assert.Equal(own, (await machine.RunAsync(["run", "--rm", "--network", "container:owner", LocalMachine.Image, .. look])).Output);
        await machine.RunAsync("stop", "-t", "0", "owner");
        var late = await machine.RunAsync("run", "--rm", "--network", "container:owner", LocalMachine.Image, "true");
        Assert.Equal(125, late.ExitCode);
        Assert.Contains("it is not running", late.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatTheOptionsSayIsInTheFiles()
    {
        LocalMachine.Require();
        await machine.RunAsync("network", "create", "--internal", "--subnet", "10.77.0.0/24", "closed");
        await machine.RunAsync("run", "-d", "--name", "other", "--network", "closed", "--network-alias", "alias", "--hostname", "own-name", "--ip", "10.77.0.99", LocalMachine.Image, "sleep", "1000");
        var files = await machine.RunAsync(
            "run", "--rm", "--name", "one", "--network", "closed", "--hostname", "named", "--add-host", "db:192.0.2.10", "--add-host", "six:[2001:db8::1]", "--dns", "192.0.2.53",
            "--dns-search", "example.org", "--dns-option", "ndots:2", LocalMachine.Image, "sh", "-c", "cat /etc/hosts /etc/resolv.conf /etc/hostname; hostname");
        Assert.Equal(
            """
            127.0.0.1	localhost
            ::1	localhost ip6-localhost ip6-loopback
            10.77.0.2	named one
            192.0.2.10	db
            2001:db8::1	six
            # the other containers of the network
            10.77.0.99	own-name alias other
            # as long as they run
            search example.org
            nameserver 192.0.2.53
            options ndots:2
            named
            named

            """,
            WithoutIds(files.Output));
        var json = (await machine.RunAsync("network", "inspect", "-f", "{{.Subnet}} {{.Internal}}", "closed")).Output;
        Assert.Equal("10.77.0.0/24 true\n", json);
        Assert.Contains("closed", (await machine.RunAsync("network", "ls", "-q")).Output, StringComparison.Ordinal);
        var refused = await machine.RunAsync("network", "rm", "closed");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("CTZ5039", refused.Errors, StringComparison.Ordinal);
        await machine.RunAsync("rm", "-f", "other");
        Assert.Equal("closed\n", (await machine.RunAsync("network", "rm", "closed")).Output);
        Assert.Contains("CTZ5038", (await machine.RunAsync("network", "inspect", "closed")).Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task AnAddressThatIsTakenIsRefused()
    {
        LocalMachine.Require();
        await machine.RunAsync("network", "create", "--internal", "--subnet", "10.78.0.0/29", "small");
        await machine.RunAsync("run", "-d", "--name", "holder", "--network", "small", "--ip", "10.78.0.3", LocalMachine.Image, "sleep", "1000");
        var second = await machine.RunAsync("run", "--rm", "--network", "small", "--ip", "10.78.0.3", LocalMachine.Image, "true");
        Assert.Equal(125, second.ExitCode);
        Assert.Contains("another container has the address 10.78.0.3", second.Errors, StringComparison.Ordinal);
        await machine.RunAsync("rm", "-f", "holder");
        Assert.Equal(0, (await machine.RunAsync("run", "--rm", "--network", "small", "--ip", "10.78.0.3", LocalMachine.Image, "true")).ExitCode);
    }

    [SkippableTheory]
    [InlineData("--network none --ip 10.1.2.3", "reading --ip with --network none: it is for a network with a name.")]
    [InlineData("--network-alias x", "reading --network-alias with --network private: it is for a network with a name.")]
    [InlineData("--network container:holder2 -p 80", "reading --publish with --network container:holder2: that network and its files are the other container's.")]
    [InlineData("--network container:holder2 --add-host a:1.2.3.4", "reading --add-host with --network container:holder2: that network and its files are the other container's.")]
    [InlineData("-p 8080-8081:80-82", "reading -p 8080-8081:80-82: the two ranges differ in length.")]
    [InlineData("-p 80/sctp", "reading -p 80/sctp: the protocol 'sctp' cannot be led into a container.")]
    [InlineData("-p here:80:80", "reading -p here:80:80: 'here' is not an address of the host.")]
    [InlineData("--dns name", "reading --dns name: it is not an address.")]
    [InlineData("--add-host name", "reading --add-host name: it is not NAME:ADDRESS.")]
    public async Task WhatHasNoMeaningIsRefused(string options, string error)
    {
        LocalMachine.Require();
        await machine.RunAsync("create", "--name", "holder2", LocalMachine.Image);
        var result = await machine.RunAsync(["run", "--rm", .. options.Split(' '), LocalMachine.Image, "true"]);
        Assert.Equal(125, result.ExitCode);
        Assert.StartsWith("error CTZ5020: " + error, result.Errors, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("create --subnet 10.0.0.0/30 bad", "10.0.0.0/30")]
    [InlineData("create --subnet fd00::/64 bad", "fd00::/64")]
    [InlineData("create --gateway here bad", "here")]
    [InlineData("create host", "host")]
    public async Task ANetworkThatCannotBeIsNotMade(string words, string wrong)
    {
        LocalMachine.Require();
        var result = await machine.RunAsync(["network", .. words.Split(' ')]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CTZ5020", result.Errors, StringComparison.Ordinal);
        Assert.Contains(wrong, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", (await machine.RunAsync("network", "ls", "-q")).Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("host")]
    [InlineData("none")]
    public async Task PortsWithoutANetworkOfOnesOwnAreLeftOutWithAWord(string network)
    {
        LocalMachine.Require();
        var result = await machine.RunAsync("run", "--rm", "--network", network, "-p", "8080:80", LocalMachine.Image, "echo", "runs");
        Assert.Equal(("runs\n", $"warning: --publish has no effect with --network {network}: no port is led anywhere\n"), (result.Output, result.Errors));
    }

    [SkippableFact]
    public async Task PortsAreAsDockerWritesThem()
    {
        LocalMachine.Require();
        // Of a range of free ports: those that the kernel gave a moment ago.
        var first = await FreePortsAsync(3);
        await machine.RunAsync(
            "run", "-d", "--name", "ports", "-p", $"{first}-{first + 1}:80-81", "-p", $"127.0.0.1:{first + 2}:82/udp", "-p", $"127.0.0.1:{first + 2}:82/udp", "-p", "127.0.0.1:0:83", "-P", "--expose", "84",
            LocalMachine.Image, "sleep", "1000");
        var lines = (await machine.RunAsync("port", "ports")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [$"80/tcp -> 0.0.0.0:{first}", $"81/tcp -> 0.0.0.0:{first + 1}", $"82/udp -> 127.0.0.1:{first + 2}", "83/tcp -> 127.0.0.1:", "84/tcp -> 0.0.0.0:"],
            lines.Select((line, i) => i < 3 ? line : line[..(line.LastIndexOf(':') + 1)]));
        var taken = await machine.RunAsync("run", "--rm", "-p", $"127.0.0.1:{first}:80", LocalMachine.Image, "true");
        Assert.Equal(125, taken.ExitCode);
        Assert.Equal(
            $"error CTZ5025: starting a container of {LocalMachine.Image}: opening 127.0.0.1:{first}/tcp for the container's port 80: address already in use. "
            + $"Choose another port of the host, or end what has this one: `ss -lnp 'sport = :{first}'` shows it.\n",
            taken.Errors);
        await machine.RunAsync("rm", "-f", "ports");
    }

    private static async Task<int> FreePortsAsync(int count)
    {
        for (var attempt = 0; ; attempt++)
        {
            var first = 20000 + Random.Shared.Next(10000);
            var sockets = new List<System.Net.Sockets.TcpListener>();
            try
            {
                foreach (var port in Enumerable.Range(first, count))
                {
                    sockets.Add(new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, port));
                    sockets[^1].Start();
                }

                return first;
            }
            catch (System.Net.Sockets.SocketException) when (attempt < 20)
            {
                await Task.Yield();
            }
            finally
            {
                sockets.ForEach(socket => socket.Stop());
            }
        }
    }

    // A container is known by the first digits of its id too.
    private static string WithoutIds(string text) => System.Text.RegularExpressions.Regex.Replace(text, " [0-9a-f]{12}\\b", "");
}
