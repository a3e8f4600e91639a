using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A4.
public class BeingRefused
{
    [Fact]
    public async Task ForeverEndsAfterTwoTokensAtMost()
    {
        var realm = new TokenRealm(null, TimeProvider.System, TimeSpan.FromHours(1));
        realm.Refused.Add("repository:team/app:pull");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        using var machine = new Machine();
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => machine.PullAsync($"{registry.Host}/team/app:1"));
        Assert.Equal(4004, failure.Number);
        Assert.InRange(realm.Given, 1, 2);
        Assert.InRange(registry.Count("GET", "/manifests/"), 1, 3);
    }

    [Theory]
    [InlineData("GET", "getting the manifest 1 of ")]
    [InlineData("HEAD", "looking for 1 in ")]
    public async Task SaysWhereWhatWithWhichCredentialAndWhatToDo(string method, string doing)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On(method, "/manifests/").Always(Fault.Error(403, "DENIED", "not for you"));
        using var machine = new Machine { Variables = { ["CONTAINERIZE_USERNAME_127_0_0_1_" + registry.Host.Split(':')[1]] = "u", ["CONTAINERIZE_PASSWORD_127_0_0_1_" + registry.Host.Split(':')[1]] = "secret-4711" } };
        var name = $"{registry.Host}/team/app:1";
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => method == "GET" ? machine.PullAsync(name) : machine.PushAsync(SampleImages.Create(["one"]), name));
        Assert.Equal(1, registry.Count(method, "/manifests/"));
        var variable = "USERNAME_127_0_0_1_" + registry.Host.Split(':')[1];
        var words = method == "HEAD" ? "" : ": DENIED: not for you";
        Assert.Equal(
            $"{doing}{name}: the registry answered 403 Forbidden{words}; the credentials are from CONTAINERIZE_{variable}. "
            + $"Log in: dotnet containerize login {registry.Host}. Or set CONTAINERIZE_{variable} and CONTAINERIZE_{variable.Replace("USERNAME", "PASSWORD", StringComparison.Ordinal)}.",
            failure.Message.Replace("in " + registry.Host + "/team/app:1:", $"in {name}:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ByAnotherHostForTokensNamesTheRegistryToLogInTo()
    {
        await using var tokens = await FaultRegistry.StartAsync();
        tokens.On("GET", "/token").Always(Fault.Error(401, "UNAUTHORIZED", "wrong password"));
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("GET", "/manifests/").Always(Fault.Answer(401, "", "WWW-Authenticate", $"Bearer realm=\"http://{tokens.Host}/token\""));
        using var machine = new Machine();
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => machine.PullAsync($"{registry.Host}/app:1"));
        Assert.Contains("UNAUTHORIZED: wrong password; no credentials were found for it", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"dotnet containerize login {registry.Host}.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, tokens.Count("GET", "/token"));
    }

    [Theory]
    [InlineData("https://registry-1.docker.io/v2/", null)]
    [InlineData("https://auth.docker.io/token", "docker.io")]
    public void ByDockerHubNamesItAsPeopleDo(string address, string? registry)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.Unauthorized) { RequestMessage = request };
        var failure = RegistryErrors.From("pulling", response, null, CancellationToken.None, registry);
        Assert.Contains("Log in: dotnet containerize login docker.io. Or set CONTAINERIZE_USERNAME_DOCKER_IO and CONTAINERIZE_PASSWORD_DOCKER_IO.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAPasswordAsksOnceWithIt()
    {
        var account = new BasicAccount("u", "right");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = account.AuthorizeAsync });
        using var machine = new Machine { Variables = { ["DOTNET_CONTAINER_REGISTRY_UNAME"] = "u", ["DOTNET_CONTAINER_REGISTRY_PWORD"] = "wrong-4711" } };
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => machine.PullAsync($"{registry.Host}/app:1"));
        Assert.Equal(2, registry.Requests.Count);
        Assert.Contains("the credentials are from DOTNET_CONTAINER_REGISTRY_UNAME", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-4711", failure.ToString(), StringComparison.Ordinal);
    }
}
