using Containerize.Layers;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public sealed class UploadsThatBreak : IDisposable
{
    private const int Size = 3_000_000;
    private static readonly Layer Large = SampleImages.LayerOf(1, Size);
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task GoOnWhereTheyBroke()
    {
        await using var registry = await PushAsync(r => r.On("PUT", "/blobs/uploads/").First(Fault.CutRequest(1_000_000)));
        Assert.Equal(
            ["POST 202", "PUT 0 (1000000)", "HEAD 404", "GET 204", "PATCH 202 (2000000)", "PUT 201"],
            Steps(registry));
        Assert.Equal("1000000-2999999", registry.Requests.Single(r => r.Method == "PATCH")["Content-Range"]);
    }

    [Fact]
    public async Task StartAnewWhereTheRegistryKeepsNothing()
    {
        await using var registry = await PushAsync(r => r.On("PUT", "/blobs/uploads/").First(Fault.CutRequest(1_000_000)), KnownRegistries.Distribution);
        Assert.Equal(["POST 202", "PUT 0 (1000000)", "HEAD 404", "GET 404", "POST 202", "PUT 201 (3000000)"], Steps(registry));
    }

    [Theory]
    [InlineData("GAR")]
    [InlineData("GHCR")]
    [InlineData("ECR Public")]
    public async Task StartAnewWhereTheRegistryTakesNoChunks(string name)
    {
        var quirks = KnownRegistries.All.Single(k => k.Name == name) with { AlwaysTokens = false };
        await using var registry = await PushAsync(r => r.On("PUT", "/blobs/uploads/").First(Fault.CutRequest(1_000_000)), quirks);
        Assert.Equal("PUT 201 (3000000)", Steps(registry)[^1]);
    }

    [Fact]
    public async Task WhoseAnswerGotLostAreDone()
    {
        await using var registry = await PushAsync(r => r.On("PUT", "/blobs/uploads/").First(Fault.LoseAnswer()));
        Assert.Equal(["POST 202", "PUT 0 (3000000)", "HEAD 200"], Steps(registry));
    }

    [Fact]
    public async Task InChunksGoOnWhereTheyBroke()
    {
        await using var registry = await PushAsync(r => r.On("PATCH", "/blobs/uploads/").Nth(3, Fault.CutRequest(300_000)), new RegistryQuirks { LargestBody = 800_000 });
        var patches = registry.Requests.Where(r => r.Method == "PATCH" && r.Status != 413).Select(r => r["Content-Range"]).ToList();
        Assert.Equal(["0-749999", "750000-1499999", "1050000-1799999", "1800000-2549999", "2550000-2999999"], patches);
        Assert.Equal(1, registry.Count("GET", "/blobs/uploads/"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(499)]
    [InlineData(522)]
    public async Task InChunksAreSentAgainWhereOneFails(int status)
    {
        await using var registry = await PushAsync(r => r.On("PATCH", "/blobs/uploads/").Nth(3, Fault.Answer(status)), new RegistryQuirks { LargestBody = 800_000 });
        // One is too large, four are right, and one of them is sent twice.
        Assert.Equal(6, registry.Count("PATCH"));
        Assert.Equal(1, registry.Count("POST", "/uploads/"));
    }

    [Fact]
    public async Task ThatAreTooLargeForOneRequestGoInChunks()
    {
        await using var registry = await PushAsync(_ => { }, new RegistryQuirks { LargestBody = 800_000, LeastChunk = 600_000 });
        Assert.All(registry.Requests.Where(r => r.Method == "PATCH" && r.Status == 202).SkipLast(1), r => Assert.InRange(r.BodyBytes, 600_000, 800_000));
        Assert.Equal(0, registry.Requests.Last(r => r.Method == "PUT" && r.Target.Contains("/uploads/", StringComparison.Ordinal) && r.Target.Contains(Large.Descriptor.Digest.Hex, StringComparison.Ordinal)).BodyBytes);
    }

    [Fact]
    public async Task InChunksAreAlignedWithWhatTheRegistryHas()
    {
        await using var registry = await PushAsync(
            r => r.On("PATCH", "/blobs/uploads/").Nth(4, Fault.Answer(416)),
            new RegistryQuirks { LargestBody = 800_000 });
        Assert.Equal(1, registry.Count("POST", "/uploads/"));
        Assert.Equal(1, registry.Count("GET", "/blobs/uploads/"));
    }

    [Fact]
    public async Task InChunksThatNeverFitStartAnew()
    {
        await using var registry = await PushAsync(
            r => r.On("PATCH", "/upload-1").Always(Fault.Answer(416)),
            new RegistryQuirks { LargestBody = 800_000 });
        Assert.True(registry.Count("GET", "/blobs/uploads/upload-1") <= 3);
        Assert.InRange(registry.Count("POST", "/uploads/"), 2, 3);
    }

    [Fact]
    public async Task ThatTheRegistryForgotStartAnew()
    {
        await using var registry = await PushAsync(r => r.On("PUT", "/upload-1?").First(Fault.Error(404, "BLOB_UPLOAD_UNKNOWN")));
        Assert.Equal(2, registry.Count("POST", "/uploads/"));
    }

    [Fact]
    public async Task ThatTheRegistryForgetsForEverAreGivenUp()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", Large.Descriptor.Digest.Hex).Always(Fault.Error(404, "BLOB_UPLOAD_UNKNOWN"));
        var failure = await _machine.FailAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1");
        Assert.Equal(4040, failure.Number);
        Assert.Contains("the registry lost the upload 4 times; the registry answered 404 NotFound: BLOB_UPLOAD_UNKNOWN", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, registry.Count("PUT", Large.Descriptor.Digest.Hex));
        Assert.Empty(registry.Content.Repository("app").Tags);
    }

    [Fact]
    public async Task OfABlobThatIsThereAndIsNotAreSentOnce()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("HEAD", Large.Descriptor.Digest.Hex).Always(Fault.Answer(200));
        await _machine.PushAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1");
        Assert.Equal(1, registry.Count("PUT", Large.Descriptor.Digest.Hex));
        Assert.Equal(2, registry.Count("PUT", "/manifests/"));

        registry.On("PUT", "/manifests/").Always(Fault.Error(404, "MANIFEST_BLOB_UNKNOWN"));
        var failure = await _machine.FailAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:2");
        Assert.Equal(4005, failure.Number);
        Assert.Equal(2, registry.Count("PUT", "/manifests/2"));
    }

    private async Task<FaultRegistry> PushAsync(Action<FaultRegistry> script, RegistryQuirks? quirks = null)
    {
        var registry = await FaultRegistry.StartAsync(quirks ?? new RegistryQuirks());
        // The configuration is there already: one blob is on its way, and its steps are one after the other.
        var image = SampleImages.ImageOf(Large);
        registry.Content.Repository("app").Add(image.Manifest.Config.Digest, image.ConfigBytes.ToArray());
        script(registry);
        await _machine.PushAsync(image, $"{registry.Host}/app:1");
        Assert.Equal(Size, registry.Content.Repository("app").Blob(Large.Descriptor.Digest)!.Length);
        Assert.Empty(_machine.Files("cache/registries/uploads"));
        return registry;
    }

    // What became of the layer: the first question is whether it is there.
    private static List<string> Steps(FaultRegistry registry) =>
        [.. registry.Requests.Where(r => r.Target.Contains("/blobs/", StringComparison.Ordinal)).Where(r => r.Method != "HEAD" || r.Target.Contains(Large.Descriptor.Digest.Hex, StringComparison.Ordinal))
            .Skip(1).Select(r => $"{r.Method} {r.Status}{(r.BodyBytes > 0 ? $" ({r.BodyBytes})" : "")}")];
}
