using Containerize.Registries;
using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A5 and A9.
public class AnswersOfTokenServers
{
    [Theory]
    [InlineData("""{"token":"t"}""", 60)]
    [InlineData("""{"access_token":"t"}""", 60)]
    [InlineData("""{"token":"t","access_token":"other"}""", 60)]
    [InlineData("""{"token":"","access_token":"t"}""", 60)]
    [InlineData("""{"token":null,"access_token":"t","expires_in":300}""", 300)]
    [InlineData("""{"token":"t","expires_in":300}""", 300)]
    [InlineData("""{"token":"t","expires_in":"300"}""", 300)]
    [InlineData("""{"token":"t","expires_in":300.5}""", 300)]
    [InlineData("""{"token":"t","expires_in":0}""", 60)]
    [InlineData("""{"token":"t","expires_in":-5}""", 60)]
    [InlineData("""{"token":"t","expires_in":"soon"}""", 60)]
    [InlineData("""{"token":"t","expires_in":"NaN"}""", 60)]
    [InlineData("""{"token":"t","expires_in":null}""", 60)]
    [InlineData("""{"token":"t","expires_in":{}}""", 60)]
    [InlineData("""{"token":"t","expires_in":1e300}""", 86400)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":"1970-01-01T00:00:00Z"}""", 300)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":"2099-01-01T00:00:00Z"}""", 300)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":17}""", 300)]
    public async Task AreUnderstood(string json, int seconds)
    {
        var clock = new FakeTimeProvider();
        var token = await GetAsync(json, clock);
        Assert.Equal("Bearer t", token.Header);
        clock.Advance(TimeSpan.FromSeconds((seconds * 0.75) - 1));
        Assert.False(token.IsOld(clock));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(token.IsOld(clock));
    }

    [Theory]
    [InlineData("{}", "has no token")]
    [InlineData("""{"token":7}""", "has no token")]
    [InlineData("""{"token":"a\r\nX-Evil: 1"}""", "has no token")]
    [InlineData("[]", "has no token")]
    [InlineData("", "has no token")]
    [InlineData("<html>", "has no token")]
    [InlineData("2MB", "is longer than 1048576 bytes")]
    public async Task ThatHaveNoneAreRefused(string body, string why)
    {
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => GetAsync(
            body == "2MB" ? """{"token":"t","more":" """ + new string('x', 2 * 1024 * 1024) + "\"}" : body, TimeProvider.System));
        Assert.Equal(4008, failure.Number);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    public async Task ThatKnowNoRefreshTokensAreAskedTheOldWay(int status)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("POST", "/token").Always(Fault.Answer(status));
        registry.On("GET", "/token").Always(Fault.Answer(200, """{"token":"t"}"""));
        using var http = HttpOf(registry, TimeProvider.System);
        var token = new TokenRequest(http, ChallengeOf(registry), new RegistryScope("app", RegistryAction.Pull), "pulling")
            .Send(Containerize.Registries.Credentials.RegistryCredential.OfIdentity("refresh-1", "test"), CancellationToken.None);
        Assert.Equal("Bearer t", token.Header);
        Assert.Equal([$"POST /token {status}", "GET /token?service=s&scope=repository%3Aapp%3Apull 200"], registry.Lines);
        Assert.Equal("Basic " + Convert.ToBase64String("<token>:refresh-1"u8), registry.Requests[1]["Authorization"]);
    }

    [Fact]
    public async Task ToRefreshTokensGetAForm()
    {
        var form = "";
        using var server = new ScriptedServer((request, response) =>
        {
            using var reader = new StreamReader(request.InputStream);
            form = $"{request.HttpMethod} {request.RawUrl} {reader.ReadToEnd()}";
            response.OutputStream.Write("""{"access_token":"t"}"""u8);
        });
        using var http = new RegistryHttp(new RegistryEndpoint(server.Host, new Uri($"http://{server.Host}/"), false), new RegistryOptions { Environment = _ => null });
        var challenge = new RegistryChallenge("bearer", new Dictionary<string, string> { ["realm"] = $"http://{server.Host}/token", ["service"] = "s" });
        var scope = new RegistryScope("app", RegistryAction.Push, "base");
        var token = await Task.Run(() => new TokenRequest(http, challenge, scope, "pushing").Send(Containerize.Registries.Credentials.RegistryCredential.OfIdentity("a+b/c=", "test"), CancellationToken.None));
        Assert.Equal("Bearer t", token.Header);
        Assert.Equal(
            "POST /token grant_type=refresh_token&service=s&client_id=containerize&scope=repository%3Aapp%3Apull%2Cpush+repository%3Abase%3Apull&refresh_token=a%2Bb%2Fc%3D", form);
    }

    private static async Task<RegistryToken> GetAsync(string body, TimeProvider time)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("GET", "/token").Always(Fault.Answer(200, body));
        using var http = HttpOf(registry, time);
        return new TokenRequest(http, ChallengeOf(registry), new RegistryScope("app", RegistryAction.Pull), "pulling").Send(null, CancellationToken.None);
    }

    private static RegistryHttp HttpOf(FaultRegistry registry, TimeProvider time) =>
        new(new RegistryEndpoint(registry.Host, new Uri($"http://{registry.Host}/"), false), new RegistryOptions { Environment = _ => null, Time = time });

    private static RegistryChallenge ChallengeOf(FaultRegistry registry) =>
        new("bearer", new Dictionary<string, string> { ["realm"] = $"http://{registry.Host}/token", ["service"] = "s" });
}
