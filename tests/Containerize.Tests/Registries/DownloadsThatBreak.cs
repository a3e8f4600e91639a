using Containerize.Images;
using Containerize.Layers;
using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public sealed class DownloadsThatBreak : IAsyncLifetime, IDisposable
{
    private const int Size = 1_300_000;
    private static readonly Layer Large = SampleImages.LayerOf(1, Size);
    private static readonly Image Sample = SampleImages.ImageOf(Large);
    private readonly FakeTimeProvider _clock = new();
    private readonly Machine _machine = new();
    private FaultRegistry _registry = null!;

    private string Name => $"{_registry.Host}/app:1";

    private IReadOnlyList<RecordedRequest> Gets => [.. _registry.Requests.Where(r => r.Method == "GET" && r.Target.EndsWith(Large.Descriptor.Digest.ToString(), StringComparison.Ordinal))];

    public async Task InitializeAsync()
    {
        _registry = await FaultRegistry.StartAsync();
        using var other = new Machine();
        await other.PushAsync(Sample, Name);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task AreAskedForTheRest()
    {
        Script().First(Fault.CutResponse(Size * 4 / 10));
        await PullAsync(_machine);
        Assert.Equal(2, Gets.Count);
        Assert.Null(Gets[0]["Range"]);
        Assert.Equal($"bytes={Size * 4 / 10}-", Gets[1]["Range"]);
    }

    [Fact]
    public async Task AreSkippedThroughWhereTheRegistryKnowsNoRanges()
    {
        // It sends the whole again, as a GET without Range.
        await using var ignorant = await FaultRegistry.StartAsync(new FaultRegistryOptions { Content = _registry.Content, Quirks = new RegistryQuirks { IgnoresRange = true } });
        ignorant.On("GET", Large.Descriptor.Digest.ToString()).First(Fault.CutResponse(500_000));
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await _machine.PullAsync($"{ignorant.Host}/app:1"));
        Assert.Equal([0, 200], ignorant.Requests.Where(r => r.Target.EndsWith(Large.Descriptor.Digest.ToString(), StringComparison.Ordinal)).Select(r => r.Status));
    }

    [Fact]
    public async Task ThatStandStillAreAskedForTheRest()
    {
        using var machine = new Machine { Clock = _clock, StallLimit = TimeSpan.FromSeconds(5) };
        Script().First(Fault.StallResponse(1_000_000));
        await PullAsync(machine);
        Assert.Equal("bytes=1000000-", Gets[1]["Range"]);
    }

    [Fact]
    public async Task AreNotThoseThatAreSlowButSteady()
    {
        using var machine = new Machine { Clock = _clock };
        // 10 KB in each second, for 130 seconds; the limit is 60.
        Script().Always(Fault.SlowResponse(Size / 13, () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return Task.Delay(10);
        }));
        using var client = machine.Client();
        var read = await SampleImages.ReadLayersAsync((Image)await client.PullSource(Containerize.Registries.Reference.Parse(Name)).ReadAsync(CancellationToken.None));
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), read);
        Assert.Single(Gets);
    }

    [Fact]
    public async Task AreGivenUpInTheEndAndLeaveNothingInTheCache()
    {
        Script().Always(Fault.CutResponse(0));
        Assert.Equal(4002, (await Assert.ThrowsAsync<ContainerizeException>(() => _machine.PullAsync(Name))).Number);
        Assert.Equal(5, Gets.Count);
        Assert.False(_machine.Cache.Contains(Large.Descriptor));
    }

    [Fact]
    public async Task AreTakenUpByTheNextProcess()
    {
        Script().First(Fault.CutResponse(700_000)).Always(Fault.Error(403, "DENIED"));
        Assert.Equal(4004, (await Assert.ThrowsAsync<ContainerizeException>(() => _machine.PullAsync(Name))).Number);
        Assert.Equal(700_000, new FileInfo(Path.Combine(_machine.Journal, "downloads", Large.Descriptor.Digest.Hex)).Length);

        _registry.Heal();
        _registry.ForgetRequests();
        await PullAsync(_machine);
        Assert.Equal("bytes=700000-", Gets.Single()["Range"]);
        Assert.Empty(_machine.Files("cache/registries/downloads"));
        Assert.True(_machine.Cache.Contains(Large.Descriptor));
    }

    [Fact]
    public async Task AreGotWholeWhereWhatWasKeptIsDamaged()
    {
        Directory.CreateDirectory(Path.Combine(_machine.Journal, "downloads"));
        await File.WriteAllBytesAsync(Path.Combine(_machine.Journal, "downloads", Large.Descriptor.Digest.Hex), new byte[600_000]);
        await PullAsync(_machine);
        Assert.Equal(["bytes=600000-", null], Gets.Select(g => g["Range"]));
        Assert.Empty(_machine.Files("cache/registries/downloads"));
    }

    [Fact]
    public async Task WithOtherBytesAreRefused()
    {
        Script().Always(Fault.DamagedResponse());
        Assert.Equal(3003, (await Assert.ThrowsAsync<ContainerizeException>(() => _machine.PullAsync(Name))).Number);
        Assert.False(_machine.Cache.Contains(Large.Descriptor));
        Assert.Empty(_machine.Files("cache/registries/downloads"));
    }

    private FaultRule Script() => _registry.On("GET", Large.Descriptor.Digest.ToString());

    private async Task PullAsync(Machine machine) => Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await machine.PullAsync(Name));
}
