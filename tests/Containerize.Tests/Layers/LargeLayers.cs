using Containerize.Layers;
using Containerize.Oci;
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

    [SkippableFact]
    public async Task AreReadByUmoci()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "umoci sets owners as root");
        using var folder = new TemporaryFolder();
        var spec = Spec(
            Text("app/web", "#!", EntryMode.Executable) with { Uid = 1654, Gid = 1654 },
            Text($"app/{new string('d', 120)}/{new string('f', 120)}", "long"),
            Text("app/stra\u00dfe", "Unicode"),
            Link("usr/web", "/app/web"));
        var layer = await new LayerBuilder(new LayerCache(folder["cache"]), 2).BuildAsync(spec, LayerCompression.Gzip);
        var layout = folder.Folder("layout");
        Directory.Move(folder["cache/blobs"], Path.Combine(layout, "blobs"));
        var config = Blob(layout, MediaTypes.OciConfig, $$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{layer.DiffId}}"]}}""");
        var manifest = Blob(layout, MediaTypes.OciManifest, $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{config}},"layers":[{{Json(layer.Descriptor)}}]}""");
        folder.Write("layout/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        folder.Write("layout/index.json", $$"""{"schemaVersion":2,"manifests":[{{manifest[..^1]}},"annotations":{"org.opencontainers.image.ref.name":"x"}}]}""");
        Tool.Run("umoci", "unpack", "--image", $"{layout}:x", folder["bundle"]);
        Assert.Equal(Dump(Tar(spec)), TreeDump.Of(folder["bundle/rootfs"]));
    }

    private static string Blob(string layout, string mediaType, string json)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var descriptor = Descriptor.Of(mediaType, bytes);
        File.WriteAllBytes(Path.Combine(layout, "blobs", "sha256", descriptor.Digest.Hex), bytes);
        return Json(descriptor);
    }

    private static string Json(Descriptor blob) => $$"""{"mediaType":"{{blob.MediaType}}","digest":"{{blob.Digest}}","size":{{blob.Size}}}""";
}
