using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Containerize.Containers;
using Xunit;

namespace Containerize.Runtime.Tests.Networking;

public class ForwardingTcp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableTheory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::")]
    public async Task WhatIsSentComesBack(string listensAt)
    {
        using var network = PreparedNetwork.WithPort(8080);
        using var listener = network.Listen(listensAt, 8080);
        var server = EchoAsync(listener, 1);
        Assert.Equal("hello", await AskAsync(network.HostEnd(), "hello"));
        await server.WaitAsync(Patience);
    }

    [SkippableTheory]
    [InlineData("::1", "::1")]
    [InlineData("", "::1")]
    [InlineData("", "127.0.0.1")]
    public async Task TheHostsAddressMayBeOneOfEitherVersion(string hostAddress, string calledAt)
    {
        using var network = PreparedNetwork.WithPort(8080, hostAddress: hostAddress);
        using var listener = network.Listen("0.0.0.0", 8080);
        var server = EchoAsync(listener, 1);
        Assert.Equal("hello", await AskAsync(network.HostEnd(calledAt), "hello"));
        await server.WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task OneSideMayEndAndStillHear()
    {
        using var network = PreparedNetwork.WithPort(8080);
        using var listener = network.Listen("0.0.0.0", 8080);
        var server = Task.Run(async () =>
        {
            using var accepted = await listener.AcceptAsync();
            var all = await ReadAllAsync(accepted);
            await accepted.SendAsync(Encoding.ASCII.GetBytes($"{all.Length} bytes"));
            accepted.Shutdown(SocketShutdown.Send);
            // Ends after the caller, who ended already.
            Assert.Equal(0, await accepted.ReceiveAsync(new byte[1]));
        });
        using var caller = await ConnectAsync(network.HostEnd());
        await caller.SendAsync(new byte[1000]);
        caller.Shutdown(SocketShutdown.Send);
        Assert.Equal("1000 bytes", Encoding.ASCII.GetString(await ReadAllAsync(caller)));
        await server.WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task AResetIsPassedOn()
    {
        using var network = PreparedNetwork.WithPort(8080);
        using var listener = network.Listen("0.0.0.0", 8080);
        using var caller = await ConnectAsync(network.HostEnd());
        using (var accepted = await listener.AcceptAsync().WaitAsync(Patience))
        {
            accepted.LingerState = new LingerOption(true, 0);
        }

        var error = await Assert.ThrowsAsync<SocketException>(() => caller.ReceiveAsync(new byte[1]).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [SkippableFact]
    public async Task WithNobodyListeningTheCallerIsReset()
    {
        using var network = PreparedNetwork.WithPort(8080);
        var error = await Assert.ThrowsAsync<SocketException>(() => AskAsync(network.HostEnd(), "hello"));
        Assert.Contains(error.SocketErrorCode, (SocketError[])[SocketError.ConnectionReset, SocketError.Shutdown]);
    }

    [SkippableFact]
    public async Task TwoHundredAtOnceEachHaveTheirOwnAnswer()
    {
        const int Callers = 200;
        using var network = PreparedNetwork.WithPort(8080);
        using var listener = network.Listen("0.0.0.0", 8080);
        var server = EchoAsync(listener, Callers);
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => AskAsync(network.HostEnd(), $"caller {i}"))).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, Callers).Select(i => $"caller {i}"), answers);
        await server.WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task FiftyMegabytesArriveWholeThoughBothSidesAreSlowAtTimes()
    {
        using var network = PreparedNetwork.WithPort(8080);
        using var listener = network.Listen("0.0.0.0", 8080);
        var sent = RandomNumberGenerator.GetBytes(50 * 1024 * 1024);
        var server = Task.Run(async () =>
        {
            using var accepted = await listener.AcceptAsync();
            await Task.Delay(300);
            using var stream = new NetworkStream(accepted);
            var hash = await SHA256.HashDataAsync(stream);
            await stream.WriteAsync(hash);
            await stream.WriteAsync(sent);
        });
        using var caller = await ConnectAsync(network.HostEnd());
        using var stream = new NetworkStream(caller);
        await stream.WriteAsync(sent).AsTask().WaitAsync(Patience);
        caller.Shutdown(SocketShutdown.Send);
        await Task.Delay(300);
        var expected = SHA256.HashData(sent);
        var hash = new byte[32];
        await stream.ReadExactlyAsync(hash).AsTask().WaitAsync(Patience);
        Assert.Equal(expected, hash);
        Assert.Equal(expected, await SHA256.HashDataAsync(stream).AsTask().WaitAsync(Patience));
        await server.WaitAsync(Patience);
    }

    [SkippableFact]
    public void ThePortIsFreeAgainAfterwards()
    {
        IPEndPoint end;
        using (var network = PreparedNetwork.WithPort(8080))
        {
            end = network.HostEnd();
            Assert.InRange(end.Port, 1024, 65535);
            Assert.Equal(8080, network.Network.Ports![0].ContainerPort);
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(end);
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public void APortInUseIsNamedAndTheOthersAreFreeAgain(string hostAddress)
    {
        using var occupier = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        occupier.Bind(new IPEndPoint(hostAddress.Length == 0 ? IPAddress.Any : IPAddress.Loopback, 0));
        occupier.Listen();
        var taken = ((IPEndPoint)occupier.LocalEndPoint!).Port;
        using var another = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        another.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var free = ((IPEndPoint)another.LocalEndPoint!).Port;
        another.Dispose();
        var error = Assert.Throws<ContainerizeException>(() => PreparedNetwork.Create(new NetworkPlan
        {
            Ports =
            [
                new PortPlan { HostAddress = "127.0.0.1", HostPort = free, ContainerPort = 1 },
                new PortPlan { HostAddress = hostAddress, HostPort = taken, ContainerPort = 2 },
            ],
        }));
        Assert.Equal("CTZ6070", error.Code);
        Assert.Contains($"{(hostAddress.Length == 0 ? "0.0.0.0" : hostAddress)}:{taken}", error.Message, StringComparison.Ordinal);
        Assert.Contains("address already in use", error.Message, StringComparison.Ordinal);
        using var again = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        again.Bind(new IPEndPoint(IPAddress.Loopback, free));
    }

    internal static async Task<Socket> ConnectAsync(IPEndPoint to)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to).WaitAsync(Patience);
        return socket;
    }

    internal static async Task<string> AskAsync(IPEndPoint to, string question)
    {
        using var caller = await ConnectAsync(to);
        await caller.SendAsync(Encoding.UTF8.GetBytes(question));
        caller.Shutdown(SocketShutdown.Send);
        return Encoding.UTF8.GetString(await ReadAllAsync(caller));
    }

    internal static async Task EchoAsync(Socket listener, int callers)
    {
        var answers = new List<Task>();
        for (var i = 0; i < callers; i++)
        {
            var accepted = await listener.AcceptAsync();
            answers.Add(Task.Run(async () =>
            {
                using (accepted)
                {
                    await accepted.SendAsync(await ReadAllAsync(accepted));
                    accepted.Shutdown(SocketShutdown.Send);
                }
            }));
        }

        await Task.WhenAll(answers);
    }

    private static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        while (await socket.ReceiveAsync(buffer).WaitAsync(Patience) is var read and > 0)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
