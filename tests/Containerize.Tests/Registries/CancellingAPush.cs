using System.Diagnostics;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class CancellingAPush
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EndsAtOnceAndLeavesNothing(bool hearsUsOut)
    {
        var layers = Enumerable.Range(0, 4).Select(i => SampleImages.LayerOf(i, 4_000_000)).ToList();
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/uploads/").Always(Fault.StallRequest(1_000_000));
        if (!hearsUsOut)
        {
            registry.On("DELETE", "/uploads/").Always(Fault.Silence());
        }

        using var machine = new Machine();
        using var client = machine.Client();
        using var stop = new CancellationTokenSource();
        var push = Task.Run(() => client.PushDestination([Reference.Parse($"{registry.Host}/app:1")]).WriteAsync(SampleImages.ImageOf(layers), stop.Token));
        while (registry.Requests.Count(r => r.Method == "PUT" && r.BodyBytes >= 1_000_000) < 4)
        {
            await Task.Delay(10);
        }

        var took = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
        Assert.InRange(took.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(4, registry.Count("DELETE", "/uploads/"));
        Assert.Empty(registry.Content.Repository("app").Tags);
        Assert.Empty(machine.Files());
        if (hearsUsOut)
        {
            Assert.Empty(registry.Content.Uploads);
        }
    }

    [Fact]
    public async Task WhileItWaitsEndsAtOnce()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("HEAD", "/manifests/").Always(Fault.Answer(503, "", "Retry-After", "50"));
        using var machine = new Machine();
        using var client = machine.Client();
        using var stop = new CancellationTokenSource();
        var push = Task.Run(() => client.PushDestination([Reference.Parse($"{registry.Host}/app:1")]).WriteAsync(SampleImages.Create(["one"]), stop.Token));
        while (registry.Requests.Count == 0)
        {
            await Task.Delay(10);
        }

        await Task.Delay(100);
        var took = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
        Assert.InRange(took.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }
}
