using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A7 and A8: the registry is a stranger's, with a name of the internet; its answers come from a false one on this machine.
public class UnsafeRealms
{
    private static RegistryHttp Https => new(new RegistryEndpoint("r.example", new Uri("https://r.example/"), false), new RegistryOptions { Environment = _ => null });

    [Theory]
    [InlineData("http://r.example/token")]
    [InlineData("http://auth.example/token")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://127.0.0.1/token")]
    [InlineData("https://127.1/token")]
    [InlineData("https://2130706433/token")]
    [InlineData("https://0x7f000001/token")]
    [InlineData("https://localhost/token")]
    [InlineData("https://localhost./token")]
    [InlineData("https://LOCALHOST/token")]
    [InlineData("https://[::1]/token")]
    [InlineData("https://[::ffff:127.0.0.1]/token")]
    [InlineData("https://[fe80::1]/token")]
    [InlineData("https://[fd00::1]/token")]
    [InlineData("https://0.0.0.0/token")]
    [InlineData("https://10.1.2.3/token")]
    [InlineData("https://172.16.0.1/token")]
    [InlineData("https://192.168.1.1/token")]
    [InlineData("https://u:p@auth.example/token")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://auth.example/token")]
    [InlineData("/token")]
    [InlineData("token")]
    [InlineData("")]
    public void AreRefusedByAnHttpsRegistry(string realm)
    {
        using var http = Https;
        var failure = Assert.Throws<ContainerizeException>(() => Request(http, realm));
        Assert.Equal(4009, failure.Number);
        Assert.StartsWith("pulling: the address for tokens that the registry gives ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://auth.example/token")]
    [InlineData("https://r.example:8443/token?x=1")]
    [InlineData("https://8.8.8.8/token")]
    public void AreNotThoseOfTheInternet(string realm)
    {
        using var http = Https;
        Request(http, realm);
    }

    [Theory]
    [InlineData("http://169.254.169.254/token")]
    [InlineData("http://127.0.0.1:PORT/token")]
    [InlineData("http://localhost.:PORT/token")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/token")]
    [InlineData("http://u:p@r.example:PORT/token")]
    [InlineData("file:///etc/passwd")]
    public async Task AreRefusedBeforeAHelperIsAsked(string realm)
    {
        using var home = new Home();
        await home.HelperAsync("spy", "u", "p");
        home.Docker("""{"credsStore":"spy"}""");
        await using var registry = await FaultRegistry.StartAsync();
        var port = registry.Host.Split(':')[1];
        registry.On("GET", "/manifests/").Always(Fault.Answer(401, "", "WWW-Authenticate", $"Bearer realm=\"{realm.Replace("PORT", port, StringComparison.Ordinal)}\""));
        var failure = await PullAsync(home, $"r.example:{port}");
        Assert.Equal(4009, failure.Number);
        Assert.Equal("", home.Calls);
        Assert.Equal(0, registry.Count("GET", "/token"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:PORT/elsewhere", 4008)]
    [InlineData("http://169.254.169.254/latest", 4008)]
    [InlineData("http://u:p@r.example/", 4008)]
    [InlineData("file:///etc/passwd", 4008)]
    public async Task AreNotReachedByARedirectEither(string location, int number)
    {
        using var home = new Home();
        home.Docker(Home.Auths("r.example", "u", "p"));
        await using var registry = await FaultRegistry.StartAsync();
        var port = registry.Host.Split(':')[1];
        registry.On("GET", "/manifests/").Always(Fault.Answer(401, "", "WWW-Authenticate", $"Bearer realm=\"http://r.example:{port}/token\""));
        registry.On("GET", "/token").Always(Fault.Redirect(location.Replace("PORT", port, StringComparison.Ordinal)));
        var failure = await PullAsync(home, $"r.example:{port}");
        Assert.Equal(number, failure.Number);
        Assert.Equal(0, registry.Count("GET", "/elsewhere"));
    }

    [Fact]
    public async Task OfAnotherHostGetNoPasswordByARedirect()
    {
        using var home = new Home();
        await using var registry = await FaultRegistry.StartAsync();
        await using var other = await FaultRegistry.StartAsync();
        var port = registry.Host.Split(':')[1];
        home.Docker(Home.Auths($"r.example:{port}", "u", "p"));
        registry.On("GET", "/manifests/").Always(Fault.Answer(401, "", "WWW-Authenticate", $"Bearer realm=\"http://r.example:{port}/token\""));
        registry.On("GET", "/token").Always(Fault.Redirect($"http://other.example:{other.Host.Split(':')[1]}/token"));
        other.On("GET", "/token").Always(Fault.Answer(200, """{"token":"t"}"""));
        Assert.Equal(4004, (await PullAsync(home, $"r.example:{port}")).Number);
        Assert.StartsWith("Basic ", registry.Requests.First(r => r.Target.StartsWith("/token", StringComparison.Ordinal))["Authorization"], StringComparison.Ordinal);
        Assert.NotEmpty(other.Requests);
        Assert.All(other.Requests, r => Assert.Null(r["Authorization"]));
    }

    private static void Request(RegistryHttp http, string realm) => _ = new TokenRequest(
        http, new RegistryChallenge("bearer", new Dictionary<string, string> { ["realm"] = realm }), new RegistryScope("app", RegistryAction.Pull), "pulling");

    private static async Task<ContainerizeException> PullAsync(Home home, string registry)
    {
        home.Variables["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = registry;
        using var client = new RegistryClient(home.Options with { Resolve = _ => [System.Net.IPAddress.Loopback] });
        return await Assert.ThrowsAsync<ContainerizeException>(() => client.PullSource(Reference.Parse($"{registry}/app:1")).ReadAsync(CancellationToken.None));
    }
}
