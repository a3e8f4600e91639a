using System.Text;
using System.Text.Json.Nodes;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>What a registry may send that is not what was asked for.</summary>
public sealed class HostileRegistries : IAsyncLifetime, IDisposable
{
    private static readonly Layer Layer = SampleImages.LayerOf(1, 5000);
    private static readonly Image Sample = SampleImages.ImageOf(Layer);
    private readonly Machine _machine = new();
    private FaultRegistry _registry = null!;

    private string Name => $"{_registry.Host}/app:1";

    public async Task InitializeAsync()
    {
        _registry = await FaultRegistry.StartAsync();
        using var other = new Machine();
        await other.PushAsync(Sample, Name);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(4999, 4006)]
    [InlineData(5001, 3003)]
    [InlineData(0, 4002)]
    [InlineData(9_000_000, 3003)]
    public async Task WithABlobOfAnotherLengthGetNothingIntoTheCache(int length, int number)
    {
        _registry.Content.Repository("app").Add(Layer.Descriptor.Digest, new byte[length]);
        Assert.Equal(number, (await RefusedAsync()).Number);
        Assert.False(_machine.Cache.Contains(Layer.Descriptor));
    }

    [Theory]
    [InlineData("sha256:../../x")]
    [InlineData("sha256:ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    [InlineData("sha256:abc")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha256:/../../../../etc/passwd")]
    public async Task WithADigestThatIsNoneAreNotAskedForIt(string digest)
    {
        var manifest = JsonNode.Parse(Sample.Bytes.Span)!;
        manifest["layers"]![0]!["digest"] = digest;
        _registry.Content.Repository("app").Add(new StoredManifest(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(manifest.ToJsonString())), "1");
        _registry.ForgetRequests();
        Assert.Equal(3002, (await RefusedAsync()).Number);
        Assert.Equal(["GET /v2/app/manifests/1 200"], _registry.Lines);
    }

    [Fact]
    public async Task WhoseTagMovesGiveTheImageThatWasRead()
    {
        using var client = _machine.Client();
        var image = (Image)await client.PullSource(Reference.Parse(Name)).ReadAsync(CancellationToken.None);
        using var other = new Machine();
        await other.PushAsync(SampleImages.Create(["another"]), Name);
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await SampleImages.ReadLayersAsync(image));
    }

    [Fact]
    public async Task WithAnotherManifestForAPinnedNameAreRefused()
    {
        _registry.On("GET", "/manifests/sha256").Always(Fault.DamagedResponse());
        Assert.Equal(3003, (await Assert.ThrowsAsync<ContainerizeException>(() => _machine.PullAsync($"{Name}@{Sample.Digest}"))).Number);
    }

    [Fact]
    public async Task WithAPushedManifestUnderAnotherDigestAreNotBelieved()
    {
        _registry.On("PUT", "/manifests/").Always(Fault.WrongDigest(Digest.Of("x"u8).ToString()));
        Assert.Equal(4008, (await _machine.FailAsync(Sample, $"{_registry.Host}/app:2")).Number);
    }

    [Fact]
    public async Task WithLayersThatAreElsewhereAreNotAskedForThem()
    {
        var foreign = new Layer(
            Layer.Descriptor with { MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Urls = ["http://127.0.0.1:1/layer"] },
            Layer.DiffId,
            Layer.Source);
        var config = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Sample.ConfigBytes.Span));
        var manifest = new ImageManifest { MediaType = MediaTypes.OciManifest, Config = Descriptor.Of(MediaTypes.OciConfig, config), Layers = [foreign.Descriptor] };
        var image = Image.Parse(MediaTypes.OciManifest, OciJson.Write(manifest), config, Layer.Source);
        await _machine.PushAsync(image, $"{_registry.Host}/windows:1");
        Assert.Equal(1, _registry.Content.Repository("windows").BlobCount);
        using var client = _machine.Client();
        var read = await client.PullSource(Reference.Parse($"{_registry.Host}/windows:1")).ReadAsync(CancellationToken.None);
        await client.PushDestination([Reference.Parse($"{_registry.Host}/again:1")]).WriteAsync(read, CancellationToken.None);
        Assert.Equal(image.Digest, _registry.Content.Repository("again").Manifest("1")!.Digest);
    }

    private async Task<ContainerizeException> RefusedAsync() => await Assert.ThrowsAsync<ContainerizeException>(() => _machine.PullAsync(Name));
}
