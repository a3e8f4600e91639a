using System.Text.Json;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>podman and we at one registry: each takes what the other has put there.</summary>
public sealed class TogetherWithPodman() : TogetherAtARegistry("podman")
{
    [SkippableTheory]
    [InlineData(true, LayerCompression.Gzip)]
    [InlineData(false, LayerCompression.Gzip)]
    [InlineData(false, LayerCompression.Zstd)]
    public async Task ItPullsOurImages(bool docker, LayerCompression compression)
    {
        Require();
        var image = SampleImages.Create(["one", "two"], docker, compression: compression);
        await Machine.PushAsync(image, $"{Registry.Host}/app:1");
        await PullByPodmanAsync("app:1");
        var pulled = await InspectAsync("app:1");
        Assert.Equal(image.Digest.ToString(), pulled.GetProperty("Digest").GetString());
        Assert.Equal(image.Config.RootFs.DiffIds.Select(d => d.ToString()), pulled.GetProperty("RootFS").GetProperty("Layers").EnumerateArray().Select(l => l.GetString()));
    }

    [SkippableTheory]
    [InlineData(true, "amd64")]
    [InlineData(false, "amd64")]
    [InlineData(false, "arm64")]
    public async Task ItPullsThePlatformThatItWantsOfOurIndexes(bool docker, string architecture)
    {
        Require();
        var index = SampleImages.CreateIndex("x", docker);
        await Machine.PushAsync(index, $"{Registry.Host}/multi:1");
        await PullByPodmanAsync("multi:1", "--arch", architecture);
        var ours = await index.SelectAsync(Platform.Parse($"linux/{architecture}"), "ours", CancellationToken.None);
        Assert.Equal(ours.Manifest.Config.Digest.Hex, (await InspectAsync("multi:1")).GetProperty("Id").GetString());
    }

    [SkippableTheory]
    [InlineData("v2s2", "gzip", MediaTypes.DockerManifest, MediaTypes.DockerLayerGzip)]
    [InlineData("oci", "gzip", MediaTypes.OciManifest, MediaTypes.OciLayerGzip)]
    [InlineData("oci", "zstd", MediaTypes.OciManifest, MediaTypes.OciLayerZstd)]
    public async Task WeTakeWhatItPushed(string format, string compression, string manifestType, string layerType)
    {
        Require();
        var image = SampleImages.Create(["one", "two"]);
        await Machine.PushAsync(image, $"{Registry.Host}/app:1");
        await PullByPodmanAsync("app:1");
        // To another registry: where the same layer is already, it is not compressed again.
        await using var other = await DockerRegistry.StartAsync();
        await PodmanAsync("push", "--tls-verify=false", "--format", format, "--compression-format", compression, $"{Registry.Host}/app:1", $"docker://{other.Host}/app:1");
        var read = (Image)await Client.PullSource(Reference.Parse($"{other.Host}/app:1")).ReadAsync(CancellationToken.None);
        Assert.Equal(manifestType, read.Descriptor.MediaType);
        Assert.All(read.Layers, layer => Assert.Equal(layerType, layer.Descriptor.MediaType));
        Assert.Equal(image.Config.RootFs.DiffIds, await SampleImages.UnpackLayersAsync(read));
    }

    [SkippableTheory]
    [InlineData("v2s2", MediaTypes.DockerManifestList)]
    [InlineData("oci", MediaTypes.OciIndex)]
    public async Task WeTakeItsManifestLists(string format, string type)
    {
        Require();
        var index = SampleImages.CreateIndex("x", docker: format == "v2s2");
        await Machine.PushAsync(index, $"{Registry.Host}/multi:1");
        await PodmanAsync("manifest", "create", "list");
        await PodmanAsync("manifest", "add", "--all", "--tls-verify=false", "list", $"docker://{Registry.Host}/multi:1");
        await PodmanAsync("manifest", "push", "--all", "--tls-verify=false", "--format", format, "list", $"docker://{Registry.Host}/again:1");
        var read = Assert.IsType<ImageIndex>(await PullAsync("again:1"));
        Assert.Equal(type, read.Descriptor.MediaType);
        foreach (var platform in new[] { Platform.LinuxAmd64, Platform.LinuxArm64 })
        {
            var ours = await index.SelectAsync(platform, "ours", CancellationToken.None);
            Assert.Equal(ours.Config.RootFs.DiffIds, await SampleImages.UnpackLayersAsync(await read.SelectAsync(platform, "its", CancellationToken.None)));
        }
    }

    private protected override void Require()
    {
        base.Require();
        Skip.IfNot(Environment.IsPrivilegedProcess, "podman without root needs subordinate ids");
    }

    private Task<string> PullByPodmanAsync(string name, params string[] options) => PodmanAsync(
        ["pull", "--quiet", "--tls-verify=false", "--signature-policy", Folder.Write("policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}"""), .. options, $"{Registry.Host}/{name}"]);

    private async Task<JsonElement> InspectAsync(string name) =>
        JsonDocument.Parse(await PodmanAsync("image", "inspect", $"{Registry.Host}/{name}")).RootElement[0];

    // With images of its own, and no cgroups, which it needs for nothing here.
    private async Task<string> PodmanAsync(params string[] arguments) => (await ToolRunner.RunAsync(
        "podman",
        ["--root", Folder["root"], "--runroot", Folder["run"], "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file", .. arguments])).Succeeded();
}
