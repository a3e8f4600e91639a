using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Containerize.Runtime.Tests.Networking;

public class ForwardingUdp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData("127.0.0.1", "127.0.0.1", "0.0.0.0")]
    [InlineData("", "127.0.0.1", "0.0.0.0")]
    [InlineData("", "127.0.0.2", "127.0.0.1")]
    [InlineData("", "::1", "0.0.0.0")]
    [InlineData("::1", "::1", "::1")]
    public async Task TheAnswerComesFromWhereTheQuestionWent(string hostAddress, string calledAt, string listensAt)
    {
        using var network = PreparedNetwork.WithPort(5353, "udp", hostAddress);
        using var server = Bind(network, listensAt);
        var answering = AnswerAsync(server);
        using var caller = new Socket(IPAddress.Parse(calledAt).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected: it takes answers of this address only.
        await caller.ConnectAsync(network.HostEnd(calledAt));
        Assert.Equal("1: hello", await AskAsync(caller, "hello"));
        Assert.Equal("2: again", await AskAsync(caller, "again"));
        server.Dispose();
        await answering;
    }

    [SkippableFact]
    public async Task EachCallerIsAnsweredThemselves()
    {
        using var network = PreparedNetwork.WithPort(5353, "udp");
        using var server = Bind(network, "0.0.0.0");
        var answering = AnswerAsync(server);
        var callers = Enumerable.Range(0, 20).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)).ToArray();
        foreach (var (i, caller) in callers.Index())
        {
            await caller.ConnectAsync(network.HostEnd());
            Assert.EndsWith($": caller {i}", await AskAsync(caller, $"caller {i}"), StringComparison.Ordinal);
        }

        foreach (var (i, caller) in callers.Index())
        {
            Assert.EndsWith($": once more {i}", await AskAsync(caller, $"once more {i}"), StringComparison.Ordinal);
            caller.Dispose();
        }

        server.Dispose();
        await answering;
    }

    [SkippableFact]
    public void APortInUseIsRefusedOfUdpToo()
    {
        using var network = PreparedNetwork.WithPort(5353, "udp");
        var error = Assert.Throws<ContainerizeException>(() => PreparedNetwork.Create(new() { Ports = network.Network.Ports }));
        Assert.Equal("CTZ6070", error.Code);
        Assert.Contains("/udp", error.Message, StringComparison.Ordinal);
    }

    private static Socket Bind(PreparedNetwork network, string address) => network.Inside(() =>
    {
        var at = new IPEndPoint(IPAddress.Parse(address), 5353);
        var socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(at);
        return socket;
    });

    private static async Task AnswerAsync(Socket server)
    {
        var buffer = new byte[2048];
        for (var number = 1; ; number++)
        {
            try
            {
                var received = await server.ReceiveFromAsync(buffer, new IPEndPoint(server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
                await server.SendToAsync(Encoding.UTF8.GetBytes($"{number}: {Encoding.UTF8.GetString(buffer, 0, received.ReceivedBytes)}"), received.RemoteEndPoint);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // Datagrams may be lost, and asked again for.
    private static async Task<string> AskAsync(Socket caller, string question)
    {
        var answer = new byte[2048];
        await caller.SendAsync(Encoding.UTF8.GetBytes(question));
        return Encoding.UTF8.GetString(answer, 0, await caller.ReceiveAsync(answer).WaitAsync(Patience));
    }
}
