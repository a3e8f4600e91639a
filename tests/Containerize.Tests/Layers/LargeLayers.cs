using Containerize.Layers;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

/// <summary>Minutes and gigabytes: only where CONTAINERIZE_SLOW_TESTS=1.</summary>
public class LargeLayers
{
    private static void SkipUnlessSlow() =>
        Skip.IfNot(Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1", "slow: set CONTAINERIZE_SLOW_TESTS=1");

    [SkippableTheory]
    [InlineData((8L << 30) - 1)]
    [InlineData(8L << 30)]
    [InlineData(9L << 30)]
    public async Task HaveFilesOfAnySize(long size)
    {
        SkipUnlessSlow();
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["sparse"]))
        {
            file.SetLength(size);
        }

        var before = GC.GetTotalAllocatedBytes();
        var layer = await new LayerBuilder(new LayerCache(folder["cache"]), 2).BuildAsync(Spec(OnDisk("sparse", folder["sparse"])), LayerCompression.Zstd);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200_000_000);
        var blob = Path.Combine(folder["cache/blobs/sha256"], layer.Descriptor.Digest.Hex);
        var listed = Tool.Run("bash", "-c", $"zstd -dc {blob} | tar -tvf - && zstd -dc {blob} | bsdtar -tvf -");
        Assert.Equal(2, listed.Split('\n').Count(line => line.Contains($" {size} ", StringComparison.Ordinal)));
        Assert.Equal(layer.DiffId.Hex, Tool.Run("bash", "-c", $"zstd -dc {blob} | sha256sum")[..64]);
    }

    [SkippableFact]
    public async Task HaveAHundredThousandFiles()
    {
        SkipUnlessSlow();
        using var folder = new TemporaryFolder();
        var source = folder.Write("one", "x");
        var content = DiskContent.Of(source);
        var entries = Enumerable.Range(0, 100_000).Select(i => Text($"app/{i % 10_000}/deep/{i}.txt", "") with { Content = content });
        var spec = LayerSpec.Create("many", entries);
        Assert.Equal(120_001, spec.Entries.Count);
        var layer = await new LayerBuilder(new LayerCache(folder["cache"]), 2).BuildAsync(spec, LayerCompression.Gzip);
        var blob = Path.Combine(folder["cache/blobs/sha256"], layer.Descriptor.Digest.Hex);
        var listed = Tool.Run("tar", "-tzf", blob).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(spec.Entries.Select(e => e.Kind == LayerEntryKind.Directory ? e.Path + "/" : e.Path), listed);
    }
}
