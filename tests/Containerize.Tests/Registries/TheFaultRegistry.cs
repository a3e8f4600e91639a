using System.Net;
using System.Net.Http.Headers;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>The registry that the other tests stand on: others' clients take it for one, and it does not take everything.</summary>
public class TheFaultRegistry
{
    private static readonly byte[] Content = "0123456789"u8.ToArray();
    private static readonly Digest Name = Digest.Of(Content);

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IsARegistryToSkopeo(bool withPassword)
    {
        ToolRunner.Require("skopeo");
        var realm = new TokenRealm(new BasicAccount("u", "p:w"), TimeProvider.System, TimeSpan.FromMinutes(5));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = withPassword ? realm.AuthorizeAsync : null });
        using var folder = new TemporaryFolder();
        var index = SampleImages.CreateIndex("x");
        await new OciLayout(folder["from"], "x").WriteAsync(index, CancellationToken.None);
        string[] credentials = withPassword ? ["u:p:w"] : [];
        (await ToolRunner.RunAsync("skopeo", ["copy", "--all", "--dest-tls-verify=false", .. credentials.SelectMany(c => new[] { "--dest-creds", c }), $"oci:{folder["from"]}:x", $"docker://{registry.Host}/team/app:1"])).Succeeded();
        (await ToolRunner.RunAsync("skopeo", ["copy", "--all", "--src-tls-verify=false", .. credentials.SelectMany(c => new[] { "--src-creds", c }), $"docker://{registry.Host}/team/app:1", $"oci:{folder["to"]}:x"])).Succeeded();
        Assert.Equal(index.Digest, (await new OciLayout(folder["to"]).ReadAsync(CancellationToken.None)).Digest);
    }

    [Fact]
    public async Task TakesChunksInOrderOnly()
    {
        await using var registry = await FaultRegistry.StartAsync();
        var session = await OpenAsync(registry);
        Assert.Equal((202, "0-3"), await PatchAsync(registry, session, 0, Content[..4]));
        Assert.Equal((416, "0-3"), await PatchAsync(registry, session, 5, Content[5..]));
        Assert.Equal((204, "0-3"), await SendAsync(registry, HttpMethod.Get, session, []));
        Assert.Equal((202, "0-9"), await PatchAsync(registry, session, 4, Content[4..]));
        Assert.Equal(201, (await SendAsync(registry, HttpMethod.Put, $"{session}?digest={Name}", [])).Status);
        Assert.Equal(Content, registry.Content.Repository("app").Blob(Name));
        Assert.Equal(404, (await SendAsync(registry, HttpMethod.Get, session, [])).Status);
    }

    [Fact]
    public async Task KeepsWhatCameBeforeACut()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/uploads/").First(Fault.CutRequest(3));
        var session = await OpenAsync(registry);
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(registry, HttpMethod.Put, $"{session}?digest={Name}", Content));
        Assert.Equal((204, "0-2"), await SendAsync(registry, HttpMethod.Get, session, []));
        Assert.Equal(201, (await SendAsync(registry, HttpMethod.Put, $"{session}?digest={Name}", Content[3..])).Status);
    }

    [Fact]
    public async Task TakesNoManifestWithoutItsBlobs()
    {
        await using var registry = await FaultRegistry.StartAsync();
        using var client = new HttpClient();
        using var content = new ByteArrayContent(SampleImages.Create(["a"]).Bytes.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.OciManifest);
        using var response = await client.PutAsync(new Uri($"http://{registry.Host}/v2/app/manifests/1"), content);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("MANIFEST_BLOB_UNKNOWN", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Known => [.. KnownRegistries.All.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Known))]
    public async Task WithTheHabitsOfAKnownOneTakesOurImages(string name)
    {
        var quirks = KnownRegistries.All.Single(k => k.Name == name);
        var realm = new TokenRealm(null, TimeProvider.System, quirks.TokenLife);
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Quirks = quirks, Authorize = quirks.AlwaysTokens ? realm.AuthorizeAsync : null });
        registry.Content.Repository("team/app");
        using var client = new RegistryClient(new RegistryOptions { Environment = _ => null, RetryDelay = TimeSpan.FromMilliseconds(5) });
        var image = SampleImages.Create(["one", "two", "three", "four", "five"]);
        var reference = Reference.Parse($"{registry.Host}/team/app:1");
        await client.PushDestination([reference]).WriteAsync(image, CancellationToken.None);
        var read = (Image)await client.PullSource(reference).ReadAsync(CancellationToken.None);
        Assert.Equal(await SampleImages.ReadLayersAsync(image), await SampleImages.ReadLayersAsync(read));
        Assert.Empty(registry.Content.Uploads);
    }

    private static async Task<string> OpenAsync(FaultRegistry registry)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(new Uri($"http://{registry.Host}/v2/app/blobs/uploads/"), null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    private static Task<(int Status, string? Range)> PatchAsync(FaultRegistry registry, string session, int from, byte[] bytes) =>
        SendAsync(registry, HttpMethod.Patch, session, bytes, $"{from}-{from + bytes.Length - 1}");

    private static async Task<(int Status, string? Range)> SendAsync(FaultRegistry registry, HttpMethod method, string address, byte[] bytes, string? range = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, $"http://{registry.Host}{address}");
        if (bytes.Length > 0)
        {
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        }

        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, response.Headers.TryGetValues("Range", out var values) ? values.Single() : null);
    }
}
