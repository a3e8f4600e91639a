using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>skopeo and we at one registry: each takes what the other has put there.</summary>
public sealed class TogetherWithSkopeo : IAsyncLifetime, IDisposable
{
    private const string ToRegistry = "--dest-tls-verify=false";
    private const string FromRegistry = "--src-tls-verify=false";
    private readonly Machine _machine = new();
    private readonly TemporaryFolder _folder = new();
    private readonly RegistryClient _client;
    private DockerRegistry _registry = null!;

    public TogetherWithSkopeo() => _client = _machine.Client();

    public async Task InitializeAsync()
    {
        if (ToolRunner.Find("skopeo") is not null && ToolRunner.Find("docker-registry") is not null)
        {
            _registry = await DockerRegistry.StartAsync();
        }
    }

    public async Task DisposeAsync() => await (_registry?.DisposeAsync() ?? ValueTask.CompletedTask);

    public void Dispose()
    {
        _client.Dispose();
        _machine.Dispose();
        _folder.Dispose();
    }

    [SkippableTheory]
    [InlineData(true, LayerCompression.Gzip)]
    [InlineData(false, LayerCompression.Gzip)]
    [InlineData(false, LayerCompression.Zstd)]
    [InlineData(false, LayerCompression.None)]
    public async Task ItCopiesOurImagesAsTheyAre(bool docker, LayerCompression compression)
    {
        Require();
        var image = SampleImages.Create(["one", "two"], docker, compression: compression);
        await _machine.PushAsync(image, $"{_registry.Host}/app:1");
        await CopyAsync(FromRegistry, $"docker://{_registry.Host}/app:1", $"dir:{_folder["copy"]}");
        Assert.Equal(image.Digest, Digest.Of(await File.ReadAllBytesAsync(_folder["copy/manifest.json"])));
        foreach (var layer in image.Layers)
        {
            Assert.Equal(layer.Descriptor.Digest, Digest.Of(await File.ReadAllBytesAsync(_folder[$"copy/{layer.Descriptor.Digest.Hex}"])));
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItCopiesOurIndexesWithAllTheirImages(bool docker)
    {
        Require();
        var index = SampleImages.CreateIndex("x", docker);
        await _machine.PushAsync(index, $"{_registry.Host}/multi:1");
        await CopyAsync("--all", FromRegistry, $"docker://{_registry.Host}/multi:1", $"dir:{_folder["copy"]}");
        Assert.Equal(index.Digest, Digest.Of(await File.ReadAllBytesAsync(_folder["copy/manifest.json"])));
        await CopyAsync("--override-arch", "arm64", FromRegistry, $"docker://{_registry.Host}/multi:1", $"dir:{_folder["arm"]}");
        var arm = await index.SelectAsync(Platform.LinuxArm64, "it", CancellationToken.None);
        Assert.Equal(arm.Digest, Digest.Of(await File.ReadAllBytesAsync(_folder["arm/manifest.json"])));
    }

    [SkippableTheory]
    [InlineData("v2s2", "gzip", MediaTypes.DockerManifest, MediaTypes.DockerLayerGzip)]
    [InlineData("oci", "gzip", MediaTypes.OciManifest, MediaTypes.OciLayerGzip)]
    [InlineData("oci", "zstd", MediaTypes.OciManifest, MediaTypes.OciLayerZstd)]
    public async Task WeTakeWhatItPushed(string format, string compression, string manifestType, string layerType)
    {
        Require();
        var image = SampleImages.Create(["one", "two"], compression: LayerCompression.None);
        await new OciLayout(_folder["layout"]).WriteAsync(image, CancellationToken.None);
        await CopyAsync("--format", format, "--dest-compress-format", compression, ToRegistry, $"oci:{_folder["layout"]}", $"docker://{_registry.Host}/app:1");
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
        await new OciLayout(_folder["layout"]).WriteAsync(index, CancellationToken.None);
        await CopyAsync("--all", "--format", format, ToRegistry, $"oci:{_folder["layout"]}", $"docker://{_registry.Host}/multi:1");
        var read = Assert.IsType<ImageIndex>(await PullAsync("multi:1"));
        Assert.Equal(type, read.Descriptor.MediaType);
        foreach (var platform in new[] { Platform.LinuxAmd64, Platform.LinuxArm64 })
        {
            var ours = await index.SelectAsync(platform, "ours", CancellationToken.None);
            Assert.Equal(ours.Config.RootFs.DiffIds, await SampleImages.UnpackLayersAsync(await read.SelectAsync(platform, "its", CancellationToken.None)));
        }
    }

    private static void Require()
    {
        ToolRunner.Require("skopeo");
        ToolRunner.Require("docker-registry");
    }

    private static async Task CopyAsync(params string[] arguments) => (await ToolRunner.RunAsync("skopeo", ["--insecure-policy", "copy", .. arguments])).Succeeded();

    // The client lives as long as what it gives is read.
    private Task<Artifact> PullAsync(string name) => _client.PullSource(Reference.Parse($"{_registry.Host}/{name}")).ReadAsync(CancellationToken.None);
}
