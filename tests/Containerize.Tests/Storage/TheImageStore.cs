using Containerize.Images;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Storage;

public class TheImageStore
{
    private static readonly Reference One = Reference.Parse("app:1");
    private static readonly Reference Two = Reference.Parse("localhost:5000/app:2");

    private static ImageStore Open(TemporaryFolder folder) => new(new StoragePaths(folder["cache"], folder["data"], folder["run"]));

    [Fact]
    public async Task GivesBackWhatWasWrittenUnderEachName()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        var image = SampleImages.Create(["one", "two"]);
        await store.Destination([One, Two]).WriteAsync(image, CancellationToken.None);
        foreach (var name in new[] { One, Two, Reference.Parse("app").WithDigest(image.Digest) })
        {
            var read = (Image)await store.Source(name).ReadAsync(CancellationToken.None);
            Assert.Equal(image.Digest, read.Digest);
            Assert.Equal(await SampleImages.ReadLayersAsync(image), await SampleImages.ReadLayersAsync(read));
        }

        var listed = store.List();
        Assert.Equal(["app:1", "localhost:5000/app:2"], listed.Select(i => i.Reference!.ToString()));
        Assert.Equal(image.Bytes.Length + image.ConfigBytes.Length + image.Manifest.Layers.Sum(l => l.Size), listed[0].Size);
        Assert.Equal(("linux/amd64", "2024-02-03T04:05:06Z"), (listed[0].Platforms.Single().ToString(), listed[0].Created));
    }

    [SkippableFact]
    public async Task IsReadBySkopeo()
    {
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        var index = SampleImages.CreateIndex("x");
        await store.Destination([One]).WriteAsync(SampleImages.Create(["one"]), CancellationToken.None);
        await store.Destination([Two]).WriteAsync(index, CancellationToken.None);
        (await ToolRunner.RunAsync("skopeo", "inspect", $"oci:{store.Directory}:docker.io/library/app:1")).Succeeded();
        (await ToolRunner.RunAsync("skopeo", "copy", "--all", $"oci:{store.Directory}:localhost:5000/app:2", $"dir:{folder["d"]}")).Succeeded();
        Assert.Equal(["linux/amd64", "linux/arm64"], store.Resolve(Two.ToString()).Platforms.Select(p => p.ToString()));
    }

    [Fact]
    public async Task KeepsNothingThatNoNameNeeds()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        await store.Destination([One]).WriteAsync(SampleImages.Create(["shared", "old"]), CancellationToken.None);
        var leftover = Path.Combine(store.Directory, "blobs", ".tmp-1-abc");
        await File.WriteAllTextAsync(leftover, "of a killed writer");
        var next = SampleImages.Create(["shared", "new"]);
        await store.Destination([One]).WriteAsync(next, CancellationToken.None);
        var blobs = Directory.GetFiles(Path.Combine(store.Directory, "blobs", "sha256")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);
        Assert.Equal(next.Manifest.Layers.Append(next.Manifest.Config).Append(next.Descriptor).Select(d => d.Digest.Hex).Order(StringComparer.Ordinal), blobs);
        Assert.False(File.Exists(leftover));
        await store.TagAsync(One, Two, CancellationToken.None);
        await store.RemoveAsync(One, CancellationToken.None);
        await SampleImages.ReadLayersAsync((Image)await store.Source(Two).ReadAsync(CancellationToken.None));
        await store.RemoveAsync(Two, CancellationToken.None);
        Assert.Empty(store.List());
        Assert.Empty(Directory.GetFiles(Path.Combine(store.Directory, "blobs", "sha256")));
        Assert.Equal(3020, (await Assert.ThrowsAsync<ContainerizeException>(() => store.RemoveAsync(Two, CancellationToken.None))).Number);
    }

    [Fact]
    public async Task SweepsNothingWhileAnotherWrites()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        await store.Destination([One]).WriteAsync(SampleImages.Create(["old"]), CancellationToken.None);
        using (FileLock.TryAcquire(Path.Combine(store.Directory, "lease"), shared: true))
        {
            await store.RemoveAsync(One, CancellationToken.None);
            Assert.Equal(3, Directory.GetFiles(Path.Combine(store.Directory, "blobs", "sha256")).Length);
        }

        await store.Destination([One]).WriteAsync(SampleImages.Create(["new"]), CancellationToken.None);
        await store.RemoveAsync(One, CancellationToken.None);
        Assert.Empty(Directory.GetFiles(Path.Combine(store.Directory, "blobs", "sha256")));
    }

    [Fact]
    public async Task LosesNoNameOfEightWritersAtOnce()
    {
        using var folder = new TemporaryFolder();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            var store = Open(folder);
            for (var i = 0; i < 5; i++)
            {
                await store.Destination([Reference.Parse($"app{n}:{i}"), Reference.Parse("moving")]).WriteAsync(SampleImages.Create([$"{n}", $"{n}-{i}"]), CancellationToken.None);
            }
        })));
        var all = Open(folder).List();
        Assert.Equal(41, all.Count);
        foreach (var image in all)
        {
            await SampleImages.ReadLayersAsync((Image)await Open(folder).Source(image).ReadAsync(CancellationToken.None));
        }
    }

    [Fact]
    public async Task FindsImagesByTheBeginningOfTheirDigest()
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        var image = SampleImages.Create(["one"]);
        await store.Destination([]).WriteAsync(image, CancellationToken.None);
        Assert.Equal(image.Digest, store.Resolve(image.Digest.Abbreviated).Descriptor.Digest);
        Assert.Equal(image.Digest, store.Resolve(image.Digest.ToString()).Descriptor.Digest);
        Assert.Equal(3020, Assert.Throws<ContainerizeException>(() => store.Resolve("nothing")).Number);
        await store.RemoveAsync(image.Digest, CancellationToken.None);
        Assert.Empty(store.List());
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("truncate")]
    [InlineData("empty")]
    [InlineData("folder")]
    [InlineData("link")]
    public async Task FindsDamageOnUseAndIsRepairedByTheNextWrite(string damage)
    {
        using var folder = new TemporaryFolder();
        var store = Open(folder);
        var image = SampleImages.Create(["one"]);
        await store.Destination([One]).WriteAsync(image, CancellationToken.None);
        var blob = Path.Combine(store.Directory, "blobs", "sha256", image.Manifest.Layers[0].Digest.Hex);
        var bytes = await File.ReadAllBytesAsync(blob);
        File.Delete(blob);
        switch (damage)
        {
            case "flip":
                bytes[^9] ^= 1;
                await File.WriteAllBytesAsync(blob, bytes);
                break;
            case "truncate":
                await File.WriteAllBytesAsync(blob, bytes[..^1]);
                break;
            case "empty":
                await File.WriteAllBytesAsync(blob, []);
                break;
            case "folder":
                Directory.CreateDirectory(blob);
                break;
            default:
                File.CreateSymbolicLink(blob, "/etc/passwd");
                break;
        }

        var read = (Image)await store.Source(One).ReadAsync(CancellationToken.None);
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => SampleImages.ReadLayersAsync(read));
        Assert.InRange(failure.Number, 3003, 3004);
        await store.Destination([One]).WriteAsync(image, CancellationToken.None);
        await SampleImages.ReadLayersAsync((Image)await store.Source(One).ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task SharesFilesWithTheLayerCache()
    {
        using var folder = new TemporaryFolder();
        var cache = new BlobStore(folder["blobs"]);
        var image = SampleImages.Create(["one"]);
        var layer = image.Layers[0];
        await cache.AddAsync(layer.Descriptor, layer.Source, CancellationToken.None);
        var store = Open(folder);
        await store.Destination([One]).WriteAsync(Image.Create(image.Config, [layer with { Source = cache }]), CancellationToken.None);
        ToolRunner.Require("stat");
        var links = (await ToolRunner.RunAsync("stat", "-c", "%h", cache.PathOf(layer.Descriptor.Digest))).Succeeded().Trim();
        Assert.Equal("2", links);
    }
}
