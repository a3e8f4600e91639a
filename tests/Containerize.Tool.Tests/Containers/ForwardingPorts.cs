using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>What goes through a published port: much, from many, both ways at once, to its end or to a reset; streams and datagrams.</summary>
[Collection(DebianMachine.Collection)]
public sealed class ForwardingPorts(DebianMachine debian) : IAsyncLifetime
{
    private const int Large = 100_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private int _streams;
    private int _datagrams;
    private string _monitor = "";

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        if (debian.Machine.Root is { } root && !Directory.Exists(root))
        {
            return;
        }

        await debian.Machine.RunAsync(
            "run", "-d", "--name", "echo", "-p", "127.0.0.1::7", "-p", "[::1]::7", "-p", "127.0.0.1::7/udp", "-p", "127.0.0.1::9", debian.Image,
            "bash", "-c", "socat -b65536 UDP-RECVFROM:7,fork EXEC:cat & exec socat -b65536 TCP-LISTEN:7,fork,reuseaddr,backlog=512 EXEC:cat");
        _streams = await PortAsync("7/tcp");
        _datagrams = await PortAsync("7/udp");
        _monitor = (await debian.Machine.RunAsync("inspect", "-f", "{{.State.MonitorPid}}", "echo")).Output.Trim();
        await LocalMachine.UntilAsync(async () => (await EchoAsync(IPAddress.Loopback, _streams, [1, 2, 3])).Length == 3);
    }

    /// <inheritdoc />
    public Task DisposeAsync() => Directory.Exists(debian.Machine.Root) ? debian.Machine.RunAsync("rm", "-f", "echo") : Task.CompletedTask;

    [SkippableFact]
    public async Task MuchGoesBothWaysAtOnceAndEndsWhereItEnds()
    {
        DebianMachine.Require();
        var bytes = new byte[Large];
        new Random(5).NextBytes(bytes);
        var back = await EchoAsync(IPAddress.Loopback, _streams, bytes);
        Assert.Equal((Large, Convert.ToHexString(SHA256.HashData(bytes))), (back.Length, Convert.ToHexString(SHA256.HashData(back))));
    }

    [SkippableFact]
    public async Task ManyCallAtOnceAndNothingIsLeftOfThem()
    {
        DebianMachine.Require();
        var before = OpenFiles();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => EchoAsync(IPAddress.Loopback, _streams, [.. Enumerable.Repeat((byte)i, 1000 + i)])));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (1000 + i, true)), answers.Select((answer, i) => (answer.Length, answer.All(b => b == (byte)i))));
        await LocalMachine.UntilAsync(() => Task.FromResult(OpenFiles() <= before));
        Assert.InRange(OpenFiles(), 1, before);
    }

    [SkippableFact]
    public async Task WhoResetsLeavesNothingBehind()
    {
        DebianMachine.Require();
        var before = OpenFiles();
        for (var i = 0; i < 20; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(IPAddress.Loopback, _streams);
            await socket.SendAsync(new byte[1 << 20].AsMemory(0, i * 50_000));
        }

        await LocalMachine.UntilAsync(() => Task.FromResult(OpenFiles() <= before));
        Assert.InRange(OpenFiles(), 1, before);
        Assert.Equal([7], await EchoAsync(IPAddress.Loopback, _streams, [7]));
    }

    [SkippableFact]
    public async Task WhereNobodyListensInsideTheCallEnds()
    {
        DebianMachine.Require();
        var port = await PortAsync("9/tcp");
        Assert.Empty(await EchoAsync(IPAddress.Loopback, port, []));
    }

    [SkippableFact]
    public async Task IPv6LeadsInToo()
    {
        DebianMachine.Require();
        Skip.IfNot(Socket.OSSupportsIPv6, "no IPv6 here");
        var lines = (await debian.Machine.RunAsync("port", "echo", "7/tcp")).Output.Split('\n');
        var port = int.Parse(lines.Single(l => l.StartsWith("[::1]:", StringComparison.Ordinal))[6..], CultureInfo.InvariantCulture);
        Assert.Equal([1, 2], await EchoAsync(IPAddress.IPv6Loopback, port, [1, 2]));
    }

    [SkippableFact]
    public async Task EachAskerGetsHisOwnDatagramsBack()
    {
        DebianMachine.Require();
        var clients = Enumerable.Range(0, 10).Select(_ => new UdpClient("127.0.0.1", _datagrams)).ToList();
        try
        {
            var answers = await Task.WhenAll(clients.Select((client, i) => AskAsync(client, [.. Enumerable.Repeat((byte)i, 500 * (i + 1))])));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (500 * (i + 1), true)), answers.Select((answer, i) => (answer.Length, answer.All(b => b == i))));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    // A datagram may be lost; then it is said again.
    private static async Task<byte[]> AskAsync(UdpClient client, byte[] datagram)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await client.SendAsync(datagram);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                return (await client.ReceiveAsync(limit.Token)).Buffer;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The server was not there yet.
            }
        }

        return [];
    }

    // Says all, ends its own side, and hears until the other side ends: what came, nothing where it was reset.
    private static async Task<byte[]> EchoAsync(IPAddress address, int port, byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, limit.Token);
            await using var stream = new NetworkStream(socket);
            using var back = new MemoryStream(bytes.Length);
            var hearing = stream.CopyToAsync(back, limit.Token);
            await stream.WriteAsync(bytes, limit.Token);
            socket.Shutdown(SocketShutdown.Send);
            await hearing;
            return back.ToArray();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return [];
        }
    }

    private int OpenFiles() => Directory.GetFileSystemEntries($"/proc/{_monitor}/fd").Length;

    private async Task<int> PortAsync(string port) =>
        int.Parse((await debian.Machine.RunAsync("port", "echo", port)).Output.Split('\n')[0].Split(':')[^1], CultureInfo.InvariantCulture);
}
