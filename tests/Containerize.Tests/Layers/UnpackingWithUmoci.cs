using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

/// <summary>An oracle in Go: archive/tar reads the headers.</summary>
public class UnpackingWithUmoci
{
    [SkippableFact]
    public async Task IsWhatThePlanSays()
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
        var config = Blob(layout, MediaTypes.OciConfig, $$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{layer.DiffId}}}"]}}""");
        var manifest = Blob(layout, MediaTypes.OciManifest, $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{config}},"layers":[{{Json(layer.Descriptor)}}]}""");
        folder.Write("layout/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        folder.Write("layout/index.json", $$$"""{"schemaVersion":2,"manifests":[{{{manifest[..^1]}}},"annotations":{"org.opencontainers.image.ref.name":"x"}}]}""");
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
