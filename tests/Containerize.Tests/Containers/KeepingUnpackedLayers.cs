using Containerize.Containers;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Layers.Unpacking;
using Containerize.Oci;
using Containerize.Storage;
using Containerize.Testing;
using Containerize.Tests.Layers.Unpacking;
using Xunit;

namespace Containerize.Tests.Containers;

public sealed class KeepingUnpackedLayers : IDisposable
{
    private static readonly RawTar Lower = new RawTar().Folder("d").File("d/low", "1").File("both", "low").File("f").Folder("e/sub").File("e/sub/x");
    private static readonly RawTar Upper = new RawTar().File("both", "up").File(".wh.f").File("d/.wh..wh..opq").File("d/up").File("new").Folder("e").File("e/.wh.sub").File("e/sub");
    private readonly TemporaryFolder _folder = new();
    private readonly Counted _blobs = new();

    public KeepingUnpackedLayers()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "layers are unpacked on Linux");
        Skip.IfNot(Environment.IsPrivilegedProcess, "owners, devices and trusted attributes are root's");
    }

    [SkippableFact]
    public async Task GivesThemLowestFirstAndUnpacksEachOnce()
    {
        var layers = Open();
        var image = LayersOf(Lower, Upper);
        var found = await layers.EnsureAsync(image, _blobs, null, default);
        Assert.Equal(image.Select(l => l.DiffId), found.Select(l => l.DiffId));
        Assert.Equal(found.Select(l => $"{layers.Directory}/{l.DiffId.Hex[..32]}/content"), found.Select(l => l.Content));
        Assert.Equal((4, 6, 2), (found[0].Bytes, found[0].Entries, _blobs.Opened));
        Assert.Equal(found, await Open().EnsureAsync(image, _blobs, null, default));
        Assert.Equal(2, _blobs.Opened);
        Assert.Equal(found.Select(l => l.DiffId.Hex).Order(), layers.List().Select(l => l.DiffId.Hex).Order());
    }

    [SkippableFact]
    public async Task GivesAMountTheTreeThatApplyingGives()
    {
        using var applied = new Unpacked();
        applied.Add(Lower, UnpackForm.Applied);
        applied.Add(Upper, UnpackForm.Applied);
        Assert.Equal("-:both d:d/ -:d/up d:e/ -:e/sub -:new", applied.Paths());
        var found = await Open().EnsureAsync(LayersOf(Lower, Upper), _blobs, null, default);
        var mounted = _folder.Folder("mounted");
        var command = $"mount -t overlay overlay -o ro,lowerdir={string.Join(':', found.Reverse().Select(l => l.Content))} {mounted} || exit 77; "
            + $"cd {mounted} && find . -mindepth 1 -printf '%y:%P ' | tr ' ' '\\n' | LC_ALL=C sort";
        var result = await ToolRunner.RunAsync("unshare", "-m", "sh", "-c", command);
        Skip.If(result.ExitCode == 77, $"no overlay here: {result.Errors}");
        var expected = applied.Paths().Replace("-:", "f:", StringComparison.Ordinal).Replace("/ ", " ", StringComparison.Ordinal).Split(' ').Order(StringComparer.Ordinal);
        Assert.Equal(expected, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task UnpacksOnceWhereTwoWantTheSame()
    {
        var image = LayersOf(Lower, Upper);
        _blobs.Wait = TimeSpan.FromMilliseconds(100);
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Open().EnsureAsync(image, _blobs, null, default))));
        Assert.All(both, found => Assert.Equal(both[0], found));
        Assert.Equal(2, _blobs.Opened);
    }

    [SkippableFact]
    public async Task GivesALayerThatIsThereTwiceOnce()
    {
        var image = LayersOf(Lower, Upper, Lower);
        var found = await Open().EnsureAsync(image, _blobs, null, default);
        Assert.Equal([image[1].DiffId, image[0].DiffId], found.Select(l => l.DiffId));
    }

    [SkippableFact]
    public async Task LeavesOutWhatALayerHidesAsAWhole()
    {
        var image = LayersOf(Lower, new RawTar().File(".wh..wh..opq").File("x"), Upper);
        var found = await Open().EnsureAsync(image, _blobs, null, default);
        Assert.Equal([image[1].DiffId, image[2].DiffId], found.Select(l => l.DiffId));
    }

    [SkippableFact]
    public async Task KeepsNothingOfALayerThatIsNotTheOnePromised()
    {
        var layers = Open();
        var other = LayersOf(Lower)[0] with { DiffId = Digest.Of("x"u8) };
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => layers.EnsureAsync([other], _blobs, null, default));
        Assert.Equal(5004, failure.Number);
        var cut = LayersOf(Upper)[0];
        _blobs.Change = bytes => bytes[..^20];
        await Assert.ThrowsAsync<ContainerizeException>(() => layers.EnsureAsync([cut], _blobs, null, default));
        _blobs.Change = bytes => [.. bytes, 1];
        Assert.Equal(3003, (await Assert.ThrowsAsync<ContainerizeException>(() => layers.EnsureAsync([cut], _blobs, null, default))).Number);
        Assert.Equal(["locks"], Names(layers));
    }

    [SkippableFact]
    public async Task ReplacesWhatAKilledProcessLeft()
    {
        var layers = Open();
        var image = LayersOf(Lower);
        var place = $"{layers.Directory}/{image[0].DiffId.Hex[..32]}";
        Directory.CreateDirectory($"{place}.1-abc.tmp/content/d");
        Directory.CreateDirectory($"{layers.Directory}/0123.1-abc.tmp/content");
        Directory.CreateDirectory(place);
        await layers.EnsureAsync(image, _blobs, null, default);
        Assert.Equal([Path.GetFileName(place), "0123.1-abc.tmp", "locks"], Names(layers));
        Assert.Empty(await Remove(layers, new HashSet<Digest> { image[0].DiffId }));
        Assert.Equal([Path.GetFileName(place), "locks"], Names(layers));
    }

    [SkippableFact]
    public async Task RemovesWhatNothingUses()
    {
        var layers = Open();
        var odd = new RawTar().Folder("d\xFF", 0).File("d\xFF/\xE4", "x", owner: 4711).Link("l", "/etc").File(".wh.f");
        var image = LayersOf(Lower, Upper, odd);
        await layers.EnsureAsync(image, _blobs, null, default);
        var used = new HashSet<Digest> { image[1].DiffId };
        using (await layers.HoldAsync(default))
        {
            Assert.Empty(await Remove(layers, used));
        }

        Assert.Equal(new[] { image[0].DiffId.Hex, image[2].DiffId.Hex }.Order(), (await Remove(layers, used)).Select(l => l.DiffId.Hex).Order());
        Assert.Equal(image[1].DiffId, layers.List().Single().DiffId);
    }

    [SkippableFact]
    public async Task UnpacksAnImageWhileItArrives()
    {
        var paths = new StoragePaths(_folder["cache"], _folder["data"], _folder["run"]);
        var store = new ImageStore(paths);
        var image = SampleImages.Create(["one", "two"]);
        await store.Destination([Containerize.Registries.Reference.Parse("app:1")], new UnpackedLayers(paths, userAttributes: false)).WriteAsync(image, default);
        var read = (Image)await store.Source(Containerize.Registries.Reference.Parse("app:1")).ReadAsync(default);
        Assert.Equal(await SampleImages.ReadLayersAsync(image), await SampleImages.ReadLayersAsync(read));
        var found = await Open().EnsureAsync(read.Layers, _blobs, null, default);
        Assert.Equal(["one", "two"], found.Select((l, i) => File.ReadAllText($"{l.Content}/file{i}")));
    }

    public void Dispose()
    {
        Containerize.Tests.Layers.Tool.Run("rm", "-rf", _folder.Path);
        _folder.Dispose();
    }

    private static string[] Names(UnpackedLayers layers) => [.. Directory.GetDirectories(layers.Directory).Select(d => Path.GetFileName(d)!).OrderBy(n => n == "locks").ThenByDescending(n => n.Length > 20 && !n.EndsWith(".tmp", StringComparison.Ordinal))];

    private static Task<IReadOnlyList<UnpackedLayer>> Remove(UnpackedLayers layers, IReadOnlySet<Digest> used) => layers.RemoveAsync(() => Task.FromResult(used));

    private UnpackedLayers Open() => new(new StoragePaths(_folder["cache"], _folder["data"], _folder["run"]), userAttributes: false);

    private Layer[] LayersOf(params RawTar[] tars) => [.. tars.Select(t =>
    {
        var tar = t.Bytes;
        var blob = Unpacked.Gzip(tar);
        var layer = Unpacked.LayerOf(tar, blob);
        _blobs.Add(layer.Descriptor, blob);
        return layer;
    })];

    private sealed class Counted : IBlobSource
    {
        private readonly Dictionary<Digest, byte[]> _bytes = [];
        private int _opened;

        public int Opened => _opened;

        public TimeSpan Wait { get; set; }

        public Func<byte[], byte[]> Change { get; set; } = bytes => bytes;

        public void Add(Descriptor blob, byte[] bytes) => _bytes[blob.Digest] = bytes;

        public async ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            await Task.Delay(Wait, cancellationToken);
            return new VerifyingStream(new MemoryStream(Change(_bytes[blob.Digest])), blob);
        }
    }
}
