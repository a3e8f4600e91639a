using System.Text.Json;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Images;

public class LayoutsAndOtherTools
{
    [SkippableFact]
    public async Task OursIsReadBySkopeoAndIsValid()
    {
        ToolRunner.Require("skopeo");
        ToolRunner.Require("oci-image-tool");
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one", "two"]);
        await new OciLayout(folder["l"], "app:1").WriteAsync(image, CancellationToken.None);
        var raw = (await ToolRunner.RunAsync("skopeo", "inspect", "--raw", $"oci:{folder["l"]}:app:1")).Succeeded();
        Assert.Equal(System.Text.Encoding.UTF8.GetString(image.Bytes.Span), raw);
        (await ToolRunner.RunAsync("skopeo", "copy", $"oci:{folder["l"]}:app:1", $"dir:{folder["d"]}")).Succeeded();
        (await ToolRunner.RunAsync("oci-image-tool", "validate", "--type", "image", "--ref", "name=app:1", folder["l"])).Succeeded();
    }

    [SkippableFact]
    public async Task OneOfDockersFormIsReadBySkopeoByItsName()
    {
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        await new OciLayout(folder["l"], "app:1").WriteAsync(SampleImages.Create(["one"], docker: true), CancellationToken.None);
        await new OciLayout(folder["l"], "multi").WriteAsync(SampleImages.CreateIndex("x", docker: true), CancellationToken.None);
        (await ToolRunner.RunAsync("skopeo", "copy", $"oci:{folder["l"]}:app:1", $"dir:{folder["d"]}")).Succeeded();
        (await ToolRunner.RunAsync("skopeo", "copy", "--all", $"oci:{folder["l"]}:multi", $"dir:{folder["e"]}")).Succeeded();
    }

    [SkippableTheory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    [InlineData(LayerCompression.None)]
    public async Task SkopeosAreReadByUs(LayerCompression compression)
    {
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one", "two"], compression: compression);
        await new OciLayout(folder["l"]).WriteAsync(image, CancellationToken.None);
        (await ToolRunner.RunAsync("skopeo", "copy", $"oci:{folder["l"]}", $"oci:{folder["m"]}:x/y:2")).Succeeded();
        var read = (Image)await new OciLayout(folder["m"], "x/y:2").ReadAsync(CancellationToken.None);
        Assert.Equal(image.Config.RootFs.DiffIds, read.Config.RootFs.DiffIds);
        Assert.Equal(2, (await SampleImages.ReadLayersAsync(read)).Count(c => c == '\n'));
    }

    [SkippableFact]
    public async Task AnIndexGoesThroughWithAllItsImages()
    {
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        var index = SampleImages.CreateIndex("shared");
        await new OciLayout(folder["l"], "multi").WriteAsync(index, CancellationToken.None);
        (await ToolRunner.RunAsync("skopeo", "copy", "--all", $"oci:{folder["l"]}:multi", $"oci:{folder["m"]}:multi")).Succeeded();
        Assert.Equal(index.Digest, (await new OciLayout(folder["m"]).ReadAsync(CancellationToken.None)).Digest);
    }

    [SkippableTheory]
    [InlineData(ArchiveFormat.Docker, false, ".tar")]
    [InlineData(ArchiveFormat.Docker, true, ".tar")]
    [InlineData(ArchiveFormat.Docker, false, ".tar.gz")]
    [InlineData(ArchiveFormat.Oci, false, ".tar")]
    [InlineData(ArchiveFormat.Oci, true, ".tgz")]
    public async Task OurArchivesAreReadBySkopeo(ArchiveFormat format, bool dockerImage, string extension)
    {
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one", "two"], dockerImage);
        var archive = new ImageArchive(folder["a" + extension], [Reference.Parse("team/app:1")], format);
        await archive.WriteAsync(image, CancellationToken.None);
        var name = format == ArchiveFormat.Oci ? "oci-archive" : "docker-archive";
        var readable = archive.Path;
        if (format == ArchiveFormat.Docker && extension == ".tar.gz")
        {
            // skopeo 1.9 cannot read any compressed Docker archive, its own neither.
            ToolRunner.Require("gzip");
            (await ToolRunner.RunAsync("gzip", "--decompress", "--keep", readable)).Succeeded();
            readable = folder["a.tar"];
        }

        var inspected = (await ToolRunner.RunAsync("skopeo", "inspect", "--config", $"{name}:{readable}")).Succeeded();
        using var config = JsonDocument.Parse(inspected);
        Assert.Equal(
            image.Config.RootFs.DiffIds.Select(d => d.ToString()),
            config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(d => d.GetString()));
        (await ToolRunner.RunAsync("skopeo", "copy", $"{name}:{readable}", $"dir:{folder["d"]}")).Succeeded();
        var back = (Image)await ImageArchive.Open(archive.Path, "team/app:1", format).ReadAsync(CancellationToken.None);
        Assert.Equal(image.Config.RootFs.DiffIds, back.Config.RootFs.DiffIds);
        Assert.Equal(2, (await SampleImages.ReadLayersAsync(back)).Count(c => c == '\n'));
    }

    [SkippableTheory]
    [InlineData("oci-archive", "")]
    [InlineData("docker-archive", "")]
    [InlineData("docker-archive", ".gz")]
    [InlineData("docker-archive", ".zst")]
    public async Task SkopeosArchivesAreReadByUs(string kind, string compression)
    {
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one", "two"]);
        await new OciLayout(folder["l"]).WriteAsync(image, CancellationToken.None);
        var path = folder["a.tar"];
        (await ToolRunner.RunAsync("skopeo", "copy", $"oci:{folder["l"]}", $"{kind}:{path}:docker.io/team/app:1")).Succeeded();
        if (compression.Length > 0)
        {
            var tool = compression == ".gz" ? "gzip" : "zstd";
            ToolRunner.Require(tool);
            (await ToolRunner.RunAsync(tool, path)).Succeeded();
            path += compression;
        }

        var read = (Image)await ImageArchive.Open(path, "team/app:1").ReadAsync(CancellationToken.None);
        Assert.Equal(image.Config.RootFs.DiffIds, read.Config.RootFs.DiffIds);
        Assert.Equal(2, (await SampleImages.ReadLayersAsync(read)).Count(c => c == '\n'));
    }
}
