using Containerize.Layers;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

public class TrimmingTheCache
{
    private static LayerSpec Sized(string text, string scope = "") => LayerSpec.Create("app", [Text("a", text.PadRight(10_000))], scope: scope);

    private static Task<Layer> Build(LayerCache cache, LayerSpec spec) => new LayerBuilder(cache, 1).BuildAsync(spec, LayerCompression.None);

    private static void Age(LayerCache cache, Layer layer, TimeSpan age)
    {
        var entry = Directory.GetFiles(Path.Combine(cache.Directory, "layers"), "*", SearchOption.AllDirectories)
            .Single(file => File.ReadAllText(file).Contains(layer.Descriptor.Digest.ToString(), StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(entry, DateTime.UtcNow - age);
    }

    private static bool Has(LayerCache cache, Layer layer) => File.Exists(cache.Blobs.PathOf(layer.Descriptor.Digest));

    [Fact]
    public async Task RemovesWhatWasNotUsedForLongest()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder.Path);
        var old = await Build(cache, Sized("1", "x"));
        var used = await Build(cache, Sized("2", "y"));
        var middle = await Build(cache, Sized("3", "z"));
        Age(cache, old, TimeSpan.FromHours(3));
        Age(cache, used, TimeSpan.FromHours(4));
        Age(cache, middle, TimeSpan.FromHours(2));
        Assert.NotNull(cache.TryGet(Sized("2", "y"), LayerCompression.None));
        cache.Trim(2 * used.Descriptor.Size);
        Assert.Equal((false, true, true), (Has(cache, old), Has(cache, used), Has(cache, middle)));
        Assert.Null(cache.TryGet(Sized("1", "x"), LayerCompression.None));
        cache.Trim(0);
        Assert.Equal((true, false), (Has(cache, used), Has(cache, middle)));
        cache.Trim(0, TimeSpan.FromDays(-1));
        Assert.False(Has(cache, used));
        Assert.Empty(Directory.GetDirectories(folder["layers"]));
    }

    [Fact]
    public async Task IsDueAgainAfterAClockThatWasAhead()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder.Path);
        await Build(cache, Sized("1"));
        File.SetLastWriteTimeUtc(folder["trimmed"], DateTime.UtcNow.AddYears(70));
        await Build(cache, Sized("2"));
        Assert.InRange(File.GetLastWriteTimeUtc(folder["trimmed"]), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1));
    }

    [Fact]
    public async Task KeepsWhatIsLeased()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder.Path);
        var before = await Build(cache, Sized("1", "x"));
        Age(cache, before, TimeSpan.FromHours(1));
        Layer leased;
        using (cache.Lease())
        {
            leased = await Build(cache, Sized("2", "y"));
            new LayerCache(folder.Path).Trim(0, TimeSpan.Zero);
            Assert.Equal((false, true), (Has(cache, before), Has(cache, leased)));
        }

        cache.Trim(0, TimeSpan.FromDays(-1));
        Assert.False(Has(cache, leased));
        Assert.Empty(Directory.GetFiles(folder["leases"]));
    }

    [Fact]
    public async Task RemovesWhatKilledProcessesLeft()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder.Path);
        var orphan = await Build(cache, Sized("1"));
        Directory.Delete(folder["layers"], recursive: true);
        folder.Write("leases/of-a-dead-one", "");
        var old = folder.Write("blobs/.tmp-1-old", "x");
        var written = folder.Write("blobs/.tmp-1-written", "x");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        File.SetLastWriteTimeUtc(written, DateTime.UtcNow.AddDays(-2));
        var fresh = folder.Write("blobs/.tmp-2-new", "x");
        File.SetLastWriteTimeUtc(cache.Blobs.PathOf(orphan.Descriptor.Digest), DateTime.UtcNow.AddDays(-2));
        using (new FileStream(written, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            cache.Trim(0);
        }

        Assert.Equal((false, true, true, false), (File.Exists(old), File.Exists(written), File.Exists(fresh), Has(cache, orphan)));
    }

    [Fact]
    public async Task KeepsTheLastThreeOfAProjectThatIsEditedOften()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder.Path);
        var shared = await Build(cache, Sized("edit 3", "another project"));
        for (var i = 0; i < 12; i++)
        {
            var layer = await Build(cache, Sized($"edit {i}", "project"));
            Age(cache, layer, TimeSpan.FromMinutes(30 - i));
            if (i == 5)
            {
                // The other project still uses the fourth edit's layer, after this one has left it behind.
                Assert.NotNull(cache.TryGet(Sized("edit 3", "another project"), LayerCompression.None));
            }
        }

        Assert.NotNull(cache.TryGet(Sized("edit 3", "another project"), LayerCompression.None));
        for (var i = 12; i < 50; i++)
        {
            var layer = await Build(cache, Sized($"edit {i}", "project"));
            Age(cache, layer, TimeSpan.FromMinutes(80 - i));
        }

        Assert.InRange(Directory.GetFiles(folder["blobs/sha256"]).Length, 3, 4);
        Assert.NotNull(cache.TryGet(Sized("edit 49", "project"), LayerCompression.None));
        Assert.Equal(shared.Descriptor.Size, (await Build(cache, Sized("edit 3", "another project"))).Descriptor.Size);
    }

    [Fact]
    public async Task RemovesEditsThatFollowedFastOnceTheyRest()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder.Path);
        for (var i = 0; i < 12; i++)
        {
            await Build(cache, Sized($"edit {i}", "project"));
        }

        Assert.Equal(12, Directory.GetFiles(folder["blobs/sha256"]).Length);
        foreach (var entry in Directory.GetFiles(folder["layers"], "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(entry, DateTime.UtcNow.AddMinutes(-1));
        }

        await Build(cache, Sized("edit 12", "project"));
        await Build(cache, Sized("edit 13", "project"));
        Assert.InRange(Directory.GetFiles(folder["blobs/sha256"]).Length, 3, 4);
        Assert.NotNull(cache.TryGet(Sized("edit 13", "project"), LayerCompression.None));
    }
}
