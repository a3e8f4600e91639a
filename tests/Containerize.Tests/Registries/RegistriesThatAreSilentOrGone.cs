using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class RegistriesThatAreSilentOrGone
{
    [Fact]
    public async Task AreAskedAgainAndGivenUpWithTheTime()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("HEAD", "/manifests/").Always(Fault.Silence());
        using var machine = new Machine { Clock = new FakeTimeProvider(), StallLimit = TimeSpan.FromSeconds(20) };
        var failure = await machine.FailAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.Equal((4003, 3), (failure.Number, registry.Count("HEAD", "/manifests/")));
        Assert.Contains("nothing came or went for 20 seconds, 3 times", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AreAskedAgainWhereTheBodyStandsStill()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/uploads/").First(Fault.StallRequest(0));
        using var machine = new Machine { Clock = new FakeTimeProvider(), StallLimit = TimeSpan.FromSeconds(5) };
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
    }

    [Fact]
    public async Task AreNotThoseThatTakeABlobSlowlyButSteadily()
    {
        await using var registry = await FaultRegistry.StartAsync();
        var clock = new FakeTimeProvider();
        var layer = SampleImages.LayerOf(1, 13_000_000);
        // A million bytes in ten seconds, for 130 seconds; the limit is 60.
        registry.On("PUT", layer.Descriptor.Digest.Hex).First(Fault.SlowRequest(1_000_000, () =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return Task.Delay(20);
        }));
        using var machine = new Machine { Clock = clock };
        using var client = machine.Client();
        await Task.Run(() => client.PushDestination([Reference.Parse($"{registry.Host}/app:1")]).WriteAsync(SampleImages.ImageOf(layer), CancellationToken.None));
        Assert.Equal(1, registry.Count("PUT", layer.Descriptor.Digest.Hex));
    }

    [Theory]
    [InlineData("localhost", 3, "")]
    // It may be about to come back; whoever waits is told for what.
    [InlineData("registry.test", 5, "registry.test:PORT refuses the connection; it is asked again.")]
    public async Task OnAClosedPortAreGivenUpQuicklyOnlyOnThisMachine(string host, int times, string said)
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var tries = 0;
        using var machine = new Machine();
        using var client = machine.Client(o => o with
        {
            Resolve = _ =>
            {
                tries++;
                return [IPAddress.Loopback];
            },
        });
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => PullAsync(client, $"{host}:{port}/app:1"));
        Assert.Equal((4002, times), (failure.Number, tries));
        Assert.Contains("refused", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(said.Replace("PORT", $"{port}", StringComparison.Ordinal), string.Join('\n', machine.Said));
    }

    [Fact]
    public async Task OnThisMachineAreNotWaitedForLongerThanTheyTakeToStart()
    {
        using var machine = new Machine();
        using var client = machine.Client(o => o with { RetryDelay = new RegistryOptions { Environment = _ => null }.RetryDelay });
        var took = Stopwatch.StartNew();
        await Assert.ThrowsAsync<ContainerizeException>(() => PullAsync(client, "127.0.0.1:1/app:1"));
        // Three quarters of a second, and what a busy machine makes of it; elsewhere it is fifteen.
        Assert.InRange(took.Elapsed, TimeSpan.FromMilliseconds(700), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WithAnUnknownNameAreNotTriedAgain()
    {
        var tries = 0;
        using var machine = new Machine();
        using var client = machine.Client(o => o with
        {
            Resolve = _ =>
            {
                tries++;
                throw new SocketException((int)SocketError.HostNotFound);
            },
        });
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => PullAsync(client, "registry.invalid/app:1"));
        Assert.Equal((4002, 1), (failure.Number, tries));
    }

    [Fact]
    public async Task AtOneOfTheirAddressesAreReachedAtTheOther()
    {
        await using var registry = await FaultRegistry.StartAsync();
        var port = int.Parse(registry.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        // A listener whose queue is full says nothing to those who knock, as a network without a way does.
        using var dead = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        dead.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        dead.Listen(0);
        var fillers = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToList();
        foreach (var filler in fillers)
        {
            try
            {
                filler.Connect(dead.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }

        using var machine = new Machine();
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        using var client = machine.Client(o => o with { Resolve = _ => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback] });
        var took = Stopwatch.StartNew();
        await PullAsync(client, $"localhost:{port}/app:1");
        Assert.InRange(took.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        fillers.ForEach(f => f.Dispose());
    }

    [Fact]
    public async Task AtADeadAddressOfTheSixthVersionAreReachedAtOnce()
    {
        await using var registry = await FaultRegistry.StartAsync();
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        using var client = machine.Client(o => o with { Resolve = _ => [IPAddress.IPv6Loopback, IPAddress.Loopback] });
        await PullAsync(client, $"localhost:{registry.Host.Split(':')[1]}/app:1");
    }

    [Fact]
    public async Task BetweenRequestsAreConnectedToAnew()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On(null, "/v2/").Always(Fault.CloseAfter());
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.Create(["one", "two"]), $"{registry.Host}/app:1");
        // HEAD of the tag, three blobs with HEAD, POST and PUT each, PUT of the manifest: nothing was asked twice.
        Assert.Equal(11, registry.Requests.Count);
    }

    // HTTP/2 and its GOAWAY do not come up: requests are HTTP/1.1. What is left of N24 is the reset.
    [Theory]
    [InlineData("HEAD", "/manifests/")]
    [InlineData("POST", "/uploads/")]
    [InlineData("PUT", "/uploads/")]
    [InlineData("PUT", "/manifests/")]
    public async Task InTheMiddleAreAskedAgain(string method, string path)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On(method, path).First(Fault.Cut());
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
        Assert.Equal([$"The connection to {registry.Host} was lost; it is asked again."], machine.Said);
    }

    private static Task<Artifact> PullAsync(RegistryClient client, string name) => Task.Run(() => client.PullSource(Reference.Parse(name)).ReadAsync(CancellationToken.None));
}
