using System.Text;
using Containerize.Containers;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Storage;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Containers;

public sealed class StagingAProjectsLayers : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoragePaths _paths;
    private readonly LayerCache _cache;
    private readonly UnpackedLayers _unpacked;

    public StagingAProjectsLayers()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "layers are unpacked on Linux");
        _paths = new StoragePaths(_folder["cache"], _folder["data"], _folder["run"]);
        _cache = new LayerCache(Path.Combine(_paths.Cache, "layers"));
        _unpacked = new UnpackedLayers(_paths, userAttributes: false);
        Write("a.dll", "one");
        Write("b.dll", new string('b', 1_000_000));
    }

    private StagedLayers Staged => new(_unpacked, _cache, _paths);

    [SkippableFact]
    public async Task GivesTheTreeAndTheDiffIdOfTheLayer()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "owners are root's to give");
        var spec = Spec();
        var layer = await new LayerBuilder(_cache, 2).BuildAsync(spec, LayerCompression.Gzip);
        var staged = await EnsureAsync(spec);
        var asImage = new UnpackedLayers(new StoragePaths(_folder["cache"], _folder["other"], _folder["run"]), userAttributes: false);
        var unpacked = Assert.Single(await asImage.EnsureAsync([layer], layer.Source, null, default));
        Assert.Equal(layer.DiffId, staged.DiffId);
        Assert.Equal(TreeDump.Of(unpacked.Content), TreeDump.Of(staged.Content));
        Assert.Equal(unpacked with { Content = staged.Content }, staged);
        Assert.Empty(Directory.EnumerateFiles(_unpacked.Directory, "*.tar*", SearchOption.AllDirectories));
    }

    [SkippableFact]
    public async Task TakesWhatAnImageHasUnpacked()
    {
        var spec = Spec();
        var layer = await new LayerBuilder(_cache, 2).BuildAsync(spec, LayerCompression.Gzip);
        var unpacked = Assert.Single(await _unpacked.EnsureAsync([layer], layer.Source, null, default));
        Assert.Equal(unpacked, await EnsureAsync(spec));
        Assert.Equal(new[] { Path.GetFileName(Path.GetDirectoryName(unpacked.Content)!), "locks" }.Order(), Names());
    }

    [SkippableFact]
    public async Task FindsWhatIsUnchangedWithoutOpeningAFile()
    {
        // What was written just before it was hashed is not remembered.
        File.SetLastWriteTimeUtc(_folder["a.dll"], DateTime.UtcNow.AddHours(-1));
        await Task.Delay(2100);
        var spec = Spec();
        var first = await EnsureAsync(spec);
        var again = _cache.Identify(spec, LayerCompression.None);
        Assert.True(again.IsComplete);
        Assert.Equal(first, await EnsureAsync(Spec()));
    }

    [SkippableFact]
    public async Task MakesAnotherLayerOfAChange()
    {
        var first = await EnsureAsync(Spec());
        Write("a.dll", "two");
        var second = await EnsureAsync(Spec());
        Assert.NotEqual(first.DiffId, second.DiffId);
        Assert.Equal(("one", "two"), (File.ReadAllText($"{first.Content}/app/a.dll"), File.ReadAllText($"{second.Content}/app/a.dll")));
        Write("a.dll", "one");
        Assert.Equal(first, await EnsureAsync(Spec()));
    }

    [SkippableFact]
    public async Task KeepsTheLastTwoAndWhatIsUsed()
    {
        var made = new List<UnpackedLayer>();
        foreach (var text in (string[])["1", "2", "3", "4"])
        {
            Write("a.dll", text);
            made.Add(await EnsureAsync(Spec()));
        }

        using (await _unpacked.HoldAsync(default))
        {
            StagedLayers.RemoveSuperseded(_unpacked, _paths, () => new HashSet<Digest>());
        }

        Assert.All(made, m => Assert.True(Directory.Exists(m.Content)));
        StagedLayers.RemoveSuperseded(_unpacked, _paths, () => new HashSet<Digest> { made[0].DiffId });
        Assert.Equal([true, false, true, true], made.Select(m => Directory.Exists(m.Content)));
    }

    [SkippableFact]
    public async Task LeavesNothingOfWhatCannotBeRead()
    {
        var spec = Spec();
        Write("b.dll", "shorter");
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => EnsureAsync(spec));
        Assert.Equal(2004, failure.Number);
        Assert.Equal(["locks"], Names());
    }

    [SkippableFact]
    public async Task LeavesNothingWhenItIsCancelled()
    {
        using var stop = new CancellationTokenSource();
        var spec = LayerSpec.Create("app", [Entry("a.dll"), new LayerEntry { Path = "app/c", Kind = LayerEntryKind.File, Mode = EntryMode.File, Content = new Endless(stop) }], scope: "p");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EnsureAsync(spec, stop.Token));
        Assert.Equal(["locks"], Names());
    }

    [SkippableFact]
    public async Task TwoAtOnceGiveOne()
    {
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => EnsureAsync(Spec()))));
        Assert.All(both, l => Assert.Equal(both[0], l));
        Assert.Equal(2, Names().Count());
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Names() => Directory.GetDirectories(_unpacked.Directory).Select(d => Path.GetFileName(d)!).Order();

    private async Task<UnpackedLayer> EnsureAsync(LayerSpec spec, CancellationToken token = default)
    {
        using var held = await _unpacked.HoldAsync(default);
        return Assert.Single(Staged.Ensure([spec], token));
    }

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text, Encoding.ASCII);

    private LayerSpec Spec() => LayerSpec.Create("app", [Entry("a.dll"), Entry("b.dll")], scope: "project|Release", parentsFrom: "app");

    private LayerEntry Entry(string name) => new() { Path = "app/" + name, Kind = LayerEntryKind.File, Mode = EntryMode.File, Content = DiskContent.Of(_folder[name]) };

    // Cancels when it is read.
    private sealed record Endless(CancellationTokenSource Stop) : FileContent
    {
        public override long Size => 1L << 40;

        public override string Origin => "no end";

        public override Stream Open() => new Zeros(Stop);

        private sealed class Zeros(CancellationTokenSource stop) : MemoryStream
        {
            public override int Read(Span<byte> buffer)
            {
                stop.Cancel();
                return buffer.Length;
            }
        }
    }
}
