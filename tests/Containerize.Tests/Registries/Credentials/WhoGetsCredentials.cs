using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A13 to A16.
public class WhoGetsCredentials
{
    private static readonly Image Sample = SampleImages.Create(["one"]);

    [Theory]
    [InlineData("basic")]
    [InlineData("token")]
    public async Task NotTheHostThatARedirectLeadsTo(string kind)
    {
        var account = new BasicAccount("u", "p");
        var realm = new TokenRealm(account, TimeProvider.System, TimeSpan.FromHours(1));
        var content = new RegistryContent();
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Content = content, Authorize = kind == "basic" ? account.AuthorizeAsync : realm.AuthorizeAsync });
        await using var storage = await FaultRegistry.StartAsync(new FaultRegistryOptions { Content = content });
        using var machine = new Machine { Variables = VariablesFor(registry) };
        await machine.PushAsync(Sample, $"{registry.Host}/app:1");
        using var client = new RegistryClient(new RegistryOptions { Environment = name => machine.Variables.GetValueOrDefault(name) });
        var blob = Sample.Layers[0].Descriptor;
        registry.On("GET", blob.Digest.Hex).Always(Fault.Redirect($"http://{storage.Host}/v2/app/blobs/{blob.Digest}"));
        var image = (Image)await client.PullSource(Reference.Parse($"{registry.Host}/app:1")).ReadAsync(CancellationToken.None);
        await SampleImages.ReadLayersAsync(image);
        var there = Assert.Single(storage.Requests);
        Assert.Null(there["Authorization"]);
        Assert.Null(there["Cookie"]);
        Assert.Equal(["Host", "User-Agent"], there.Headers.Keys.Order());
        Assert.NotNull(registry.Requests.Last(r => r.Target.Contains(blob.Digest.Hex, StringComparison.Ordinal) && r.Method == "GET")["Authorization"]);
    }

    [Fact]
    public async Task NotTheHostOfARedirectThatDemandsThem()
    {
        await using var storage = await FaultRegistry.StartAsync();
        storage.On("GET", "").Always(Fault.Answer(401, "", "WWW-Authenticate", "Basic realm=\"give\"", "Set-Cookie", "a=b"));
        var account = new BasicAccount("u", "p");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = account.AuthorizeAsync });
        using var machine = new Machine { Variables = VariablesFor(registry) };
        registry.On("GET", "/manifests/").Nth(2, Fault.Redirect($"http://{storage.Host}/blob"));
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => machine.PullAsync($"{registry.Host}/app:1"));
        Assert.Equal(4004, failure.Number);
        Assert.All(storage.Requests, r => Assert.Null(r["Authorization"]));
        Assert.Single(storage.Requests);
    }

    // A14: Harbor and others send requests on within their own host; HttpClient by itself would not send the header again.
    [Theory]
    [InlineData(307)]
    [InlineData(302)]
    public async Task TheSameHostAfterARedirect(int status)
    {
        var account = new BasicAccount("u", "p");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = account.AuthorizeAsync });
        using var machine = new Machine { Variables = VariablesFor(registry) };
        await machine.PushAsync(Sample, $"{registry.Host}/app:1");
        registry.On("GET", "/v2/app/manifests/1").Always(Fault.Redirect($"/v2/app/manifests/{Sample.Digest}", status));
        using var other = new Machine { Variables = VariablesFor(registry) };
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await other.PullAsync($"{registry.Host}/app:1"));
        Assert.Contains($"GET /v2/app/manifests/{Sample.Digest} 200", registry.Lines);
    }

    // A15.
    [Fact]
    public async Task NobodyOverPlainHttpUnlessTheUserSaysSo()
    {
        var account = new BasicAccount("u", "p");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = account.AuthorizeAsync });
        var name = $"r.example:{registry.Host.Split(':')[1]}";
        using var machine = new Machine { ResolvesToItself = true, Variables = { ["DOTNET_CONTAINER_REGISTRY_UNAME"] = "u", ["DOTNET_CONTAINER_REGISTRY_PWORD"] = "p" } };
        var failure = await machine.FailAsync(Sample, $"{name}/app:1");
        Assert.Equal(4002, failure.Number);
        Assert.Contains("no trusted TLS connection can be made", failure.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);

        machine.Variables["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = name;
        await machine.PushAsync(Sample, $"{name}/app:1");
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
    }

    // A16.
    [Fact]
    public async Task EachRegistryItsOwn()
    {
        var (one, two) = (new BasicAccount("one", "p1"), new BasicAccount("two", "p2"));
        await using var first = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new TokenRealm(one, TimeProvider.System, TimeSpan.FromHours(1)).AuthorizeAsync });
        await using var second = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = two.AuthorizeAsync });
        using var machine = new Machine
        {
            Variables =
            {
                ["DOCKER_AUTH_CONFIG"] = $"{{\"auths\":{{\"{first.Host}\":{{\"auth\":\"{Home.Auth("one", "p1")}\"}},\"{second.Host}\":{{\"auth\":\"{Home.Auth("two", "p2")}\"}}}}}}",
            },
        };
        await machine.PushAsync(Sample, $"{first.Host}/app:1", $"{second.Host}/app:1");
        var secret = Home.Auth("one", "p1");
        Assert.DoesNotContain(second.Requests, r => r["Authorization"] is { } header && (header.Contains(secret, StringComparison.Ordinal) || header.Contains("token-", StringComparison.Ordinal)));
        Assert.DoesNotContain(first.Requests, r => r["Authorization"]?.Contains(Home.Auth("two", "p2"), StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task NotASecondBuildOfTheSameProcess()
    {
        var account = new BasicAccount("u", "p");
        var realm = new TokenRealm(account, TimeProvider.System, TimeSpan.FromHours(1));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        using var first = new Machine { Variables = VariablesFor(registry) };
        await first.PushAsync(Sample, $"{registry.Host}/app:1");
        registry.ForgetRequests();
        using var second = new Machine();
        Assert.Equal(4004, (await second.FailAsync(SampleImages.Create(["two"]), $"{registry.Host}/app:1")).Number);
        Assert.All(registry.Requests, r => Assert.Null(r["Authorization"]));
        // The same folder, another user.
        first.Variables.Clear();
        Assert.Equal(4004, (await first.FailAsync(SampleImages.Create(["two"]), $"{registry.Host}/app:1")).Number);
    }

    // Pulling and pushing have credentials of their own.
    [Fact]
    public async Task EachDirectionItsOwn()
    {
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions
        {
            Authorize = context => (context.Request.Method is "GET" or "HEAD" && context.Request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal) && context.Request.Method == "GET"
                ? new BasicAccount("reader", "r") : new BasicAccount("writer", "w")).AuthorizeAsync(context),
        });
        var host = registry.Host.Replace('.', '_').Replace(':', '_');
        using var machine = new Machine
        {
            Variables =
            {
                [$"CONTAINERIZE_PUSH_USERNAME_{host}"] = "writer",
                [$"CONTAINERIZE_PUSH_PASSWORD_{host}"] = "w",
                [$"CONTAINERIZE_PULL_USERNAME_{host}"] = "reader",
                [$"CONTAINERIZE_PULL_PASSWORD_{host}"] = "r",
            },
        };
        await machine.PushAsync(Sample, $"{registry.Host}/app:1");
        using var client = machine.Client();
        Assert.Equal(Sample.Digest, client.ReadManifest(Reference.Parse($"{registry.Host}/app:1"), CancellationToken.None) is var manifest ? Oci.Digest.Of(manifest.Bytes) : null);
    }

    private static Dictionary<string, string> VariablesFor(FaultRegistry registry) => new() { ["DOCKER_AUTH_CONFIG"] = Home.Auths(registry.Host, "u", "p") };
}
