using Containerize.Images;
using Containerize.Layers;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public sealed class BeingSentElsewhere : IDisposable
{
    private static readonly Layer Layer = SampleImages.LayerOf(1, 2000);
    private static readonly Image Sample = SampleImages.ImageOf(Layer);
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task ForABlobGoesThereWithoutThePassword()
    {
        await using var storage = await FaultRegistry.StartAsync();
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Content = storage.Content, Authorize = new TokenRealm(null, TimeProvider.System, TimeSpan.FromHours(1)).AuthorizeAsync });
        await _machine.PushAsync(Sample, $"{registry.Host}/app:1");
        using var other = new Machine();
        var blob = Layer.Descriptor;
        registry.On("GET", blob.Digest.ToString()).Always(Fault.Redirect($"http://{storage.Host}/v2/app/blobs/{blob.Digest}?signature=x%2Fy"));
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await other.PullAsync($"{registry.Host}/app:1"));
        var asked = Assert.Single(storage.Requests);
        Assert.EndsWith("?signature=x%2Fy", asked.Target, StringComparison.Ordinal);
        Assert.Null(asked["Authorization"]);
        Assert.Null(asked["Cookie"]);
    }

    [Fact]
    public async Task WithAnUploadGoesThereWithTheWholeBody()
    {
        await using var storage = await FaultRegistry.StartAsync();
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Content = storage.Content, Authorize = new TokenRealm(null, TimeProvider.System, TimeSpan.FromHours(1)).AuthorizeAsync });
        registry.Chance = request => request.Method == "PUT" && request.Target.Contains("/uploads/", StringComparison.Ordinal) ? Fault.Redirect($"http://{storage.Host}{request.Target}") : null;
        await _machine.PushAsync(Sample, $"{registry.Host}/app:1");
        Assert.Equal(2, storage.Count("PUT", "/uploads/"));
        Assert.All(storage.Requests, r => Assert.Null(r["Authorization"]));
        Assert.Equal(2000, storage.Requests.Single(r => r.Target.Contains(Layer.Descriptor.Digest.Hex, StringComparison.Ordinal)).BodyBytes);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x", "of the kind 'ftp:'")]
    [InlineData("file:///etc/passwd", "of the kind 'file:'")]
    [InlineData("http://u:p@127.0.0.1/x", "with a user name in it")]
    public async Task ToWhereNobodyShouldGoIsRefused(string location, string why)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("POST", "/uploads/").Always(Fault.Answer(202, "", "Location", location));
        var failure = await _machine.FailAsync(Sample, $"{registry.Host}/app:1");
        Assert.Equal(4008, failure.Number);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://r.example/v2/", "http://r.example/x", "from https to http")]
    [InlineData("https://r.example/v2/", "https://10.0.0.1/x", "the private address 10.0.0.1")]
    [InlineData("https://r.example/v2/", "https://169.254.169.254/latest", "the private address 169.254.169.254")]
    [InlineData("https://r.example/v2/", "https://[::ffff:127.0.0.1]/x", "the private address")]
    public void FromASafePlaceToAnUnsafeOneIsRefused(string from, string to, string why)
    {
        using var http = Http(from);
        var failure = Assert.Throws<ContainerizeException>(() => http.Next(new Uri(from), new Uri(to), "testing"));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/app/blobs/uploads/1", "https://r.example/v2/app/blobs/uploads/1?digest=D")]
    [InlineData("/v2/app/blobs/uploads/1?_state=a%3D%3D", "https://r.example/v2/app/blobs/uploads/1?_state=a%3D%3D&digest=D")]
    [InlineData("https://r.example:8443/u?x=1&y=2", "https://r.example:8443/u?x=1&y=2&digest=D")]
    [InlineData("https://storage.example/u", "https://storage.example/u?digest=D")]
    [InlineData("1?_state=x", "https://r.example/v2/app/blobs/uploads/1?_state=x&digest=D")]
    public void ForTheUploadItsAddressIsKeptAndTheDigestAdded(string location, string end)
    {
        using var http = Http("https://r.example/");
        var session = new UploadSession(http.Next(new Uri("https://r.example/v2/app/blobs/uploads/"), new Uri(location, UriKind.RelativeOrAbsolute), "testing"));
        Assert.Equal(end.Replace("digest=D", "digest=" + Uri.EscapeDataString(Layer.Descriptor.Digest.ToString()), StringComparison.Ordinal), session.End(Layer.Descriptor.Digest).AbsoluteUri);
    }

    [Fact]
    public async Task ToNowhereIsRefused()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("POST", "/uploads/").Always(Fault.Answer(202));
        var failure = await _machine.FailAsync(Sample, $"{registry.Host}/app:1");
        Assert.Contains("without saying where (no Location)", failure.Message, StringComparison.Ordinal);
    }

    private static RegistryHttp Http(string address) =>
        new(new RegistryEndpoint("r.example", new Uri(new Uri(address), "/"), false), new RegistryOptions { Environment = _ => null });
}
