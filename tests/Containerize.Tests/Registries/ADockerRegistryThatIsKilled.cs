using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>distribution, killed with -9 in the middle of a push and started again.</summary>
public sealed class ADockerRegistryThatIsKilled : IDisposable
{
    private static readonly Image Sample = SampleImages.ImageOf([.. Enumerable.Range(0, 4).Select(i => SampleImages.LayerOf(i, 25_000_000))]);
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [SkippableFact]
    public async Task GetsThePushThatWasUnderWay()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var client = _machine.Client(o => o with { RetryDelay = TimeSpan.FromMilliseconds(500) });
        var push = PushAsync(client, registry);
        await KillInTheMiddleAsync(registry, push);
        await registry.StartAgainAsync();
        await push;
        await CheckAsync(registry);
    }

    [SkippableFact]
    public async Task GetsThePushOfTheNextProcess()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using (var client = _machine.Client())
        {
            var push = PushAsync(client, registry);
            await KillInTheMiddleAsync(registry, push);
            Assert.Equal(4002, (await Assert.ThrowsAsync<ContainerizeException>(() => push)).Number);
        }

        await registry.StartAgainAsync();
        using var next = _machine.Client();
        await PushAsync(next, registry);
        await CheckAsync(registry);
        Assert.Empty(_machine.Files("cache/registries/uploads"));
    }

    private static Task PushAsync(RegistryClient client, DockerRegistry registry) =>
        Task.Run(() => client.PushDestination([Reference.Parse($"{registry.Host}/team/app:1")]).WriteAsync(Sample, CancellationToken.None));

    private static async Task KillInTheMiddleAsync(DockerRegistry registry, Task push)
    {
        // Not waiting for the thread pool, which the pushes of other tests may have all to themselves for as long as this one takes.
        while (registry.StoredBytes < 5_000_000 && !push.IsCompleted)
        {
            Thread.Sleep(1);
        }

        if (push.IsFaulted)
        {
            await push;
        }

        Assert.False(push.IsCompleted, "it was too quick to be killed");
        await registry.KillAsync();
    }

    private static async Task CheckAsync(DockerRegistry registry)
    {
        using var other = new Machine();
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await other.PullAsync($"{registry.Host}/team/app:1"));
    }
}
