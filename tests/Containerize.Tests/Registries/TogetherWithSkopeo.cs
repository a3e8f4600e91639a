using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>skopeo and we at one registry: each takes what the other has put there.</summary>
public sealed class TogetherWithSkopeo() : TogetherAtARegistry("skopeo")
{
    private const string ToRegistry = "--dest-tls-verify=false";
    private const string FromRegistry = "--src-tls-verify=false";

    [SkippableTheory]
    [InlineData(true, LayerCompression.Gzip)]
    [InlineData(false, LayerCompression.Gzip)]
    [InlineData(false, LayerCompression.Zstd)]
    [InlineData(false, LayerCompression.None)]
    public async Task ItCopiesOurImagesAsTheyAre(bool docker, LayerCompression compression)
    {
        Require();
        var image = SampleImages.Create(["one", "two"], docker, compression: compression);
        await Machine.PushAsync(image, $"{Registry.Host}/app:1");
        await CopyAsync(FromRegistry, $"docker://{Registry.Host}/app:1", $"dir:{Folder["copy"]}");
        Assert.Equal(image.Digest, Digest.Of(await File.ReadAllBytesAsync(Folder["copy/manifest.json"])));
        foreach (var layer in image.Layers)
        {
            Assert.Equal(layer.Descriptor.Digest, Digest.Of(await File.ReadAllBytesAsync(Folder[$"copy/{layer.Descriptor.Digest.Hex}"])));
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItCopiesOurIndexesWithAllTheirImages(bool docker)
    {
        Require();
        var index = SampleImages.CreateIndex("x", docker);
        await Machine.PushAsync(index, $"{Registry.Host}/multi:1");
        await CopyAsync("--all", FromRegistry, $"docker://{Registry.Host}/multi:1", $"dir:{Folder["copy"]}");
        Assert.Equal(index.Digest, Digest.Of(await File.ReadAllBytesAsync(Folder["copy/manifest.json"])));
        await CopyAsync("--override-arch", "arm64", FromRegistry, $"docker://{Registry.Host}/multi:1", $"dir:{Folder["arm"]}");
        var arm = await index.SelectAsync(Platform.LinuxArm64, "it", CancellationToken.None);
        Assert.Equal(arm.Digest, Digest.Of(await File.ReadAllBytesAsync(Folder["arm/manifest.json"])));
    }

    [SkippableTheory]
    [InlineData("v2s2", "gzip", MediaTypes.DockerManifest, MediaTypes.DockerLayerGzip)]
    [InlineData("oci", "gzip", MediaTypes.OciManifest, MediaTypes.OciLayerGzip)]
    [InlineData("oci", "zstd", MediaTypes.OciManifest, MediaTypes.OciLayerZstd)]
    public async Task WeTakeWhatItPushed(string format, string compression, string manifestType, string layerType)
    {
        Require();
        var image = SampleImages.Create(["one", "two"], compression: LayerCompression.None);
        await new OciLayout(Folder["layout"]).WriteAsync(image, CancellationToken.None);
        await CopyAsync("--format", format, "--dest-compress-format", compression, ToRegistry, $"oci:{Folder["layout"]}", $"docker://{Registry.Host}/app:1");
        var read = (Image)await PullAsync("app:1");
        Assert.Equal(manifestType, read.Descriptor.MediaType);
        Assert.All(read.Layers, layer => Assert.Equal(layerType, layer.Descriptor.MediaType));
        Assert.Equal(image.Config.RootFs.DiffIds, await SampleImages.UnpackLayersAsync(read));
    }

    [SkippableTheory]
    [InlineData("v2s2", MediaTypes.DockerManifestList)]
    [InlineData("oci", MediaTypes.OciIndex)]
    public async Task WeTakeItsIndexes(string format, string type)
    {
        Require();
        var index = SampleImages.CreateIndex("x");
        await new OciLayout(Folder["layout"]).WriteAsync(index, CancellationToken.None);
        await CopyAsync("--all", "--format", format, ToRegistry, $"oci:{Folder["layout"]}", $"docker://{Registry.Host}/multi:1");
        var read = Assert.IsType<ImageIndex>(await PullAsync("multi:1"));
        Assert.Equal(type, read.Descriptor.MediaType);
        foreach (var platform in new[] { Platform.LinuxAmd64, Platform.LinuxArm64 })
        {
            var ours = await index.SelectAsync(platform, "ours", CancellationToken.None);
            Assert.Equal(ours.Config.RootFs.DiffIds, await SampleImages.UnpackLayersAsync(await read.SelectAsync(platform, "its", CancellationToken.None)));
        }
    }

    private static async Task CopyAsync(params string[] arguments) => (await ToolRunner.RunAsync("skopeo", ["--insecure-policy", "copy", .. arguments])).Succeeded();
}
