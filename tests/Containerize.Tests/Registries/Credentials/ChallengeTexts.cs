using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A6.
public class ChallengeTexts
{
    [Theory]
    [InlineData("Bearer realm=\"https://a/t\",service=\"s\",scope=\"x\"", "bearer[realm=https://a/t;scope=x;service=s]")]
    [InlineData("bearer REALM=\"https://a/t\"", "bearer[realm=https://a/t]")]
    [InlineData("BEARER realm=https://a/t", "bearer[realm=https://a/t]")]
    [InlineData("Bearer realm = \"https://a/t\" , service = s", "bearer[realm=https://a/t;service=s]")]
    [InlineData("Bearer   realm=\"https://a/t\",,  service=\"s\"", "bearer[realm=https://a/t;service=s]")]
    [InlineData("Bearer realm=\"https://a/t\",scope=\"repository:a:pull,push repository:b:pull\"", "bearer[realm=https://a/t;scope=repository:a:pull,push repository:b:pull]")]
    [InlineData("Basic realm=\"a, Bearer realm=b\"", "basic[realm=a, Bearer realm=b]")]
    [InlineData("Basic realm=\"say \\\"hi\\\"\"", "basic[realm=say \"hi\"]")]
    [InlineData("Basic", "basic[]")]
    [InlineData("Basic realm=\"r\", Bearer realm=\"https://a/t\",service=\"s\"", "basic[realm=r] bearer[realm=https://a/t;service=s]")]
    [InlineData("Basic realm=\"r\"\nBearer realm=\"https://a/t\"", "basic[realm=r] bearer[realm=https://a/t]")]
    [InlineData("Negotiate, Basic realm=\"r\"", "negotiate[] basic[realm=r]")]
    [InlineData("Bearer realm=\"https://a/t\",error=\"insufficient_scope\"", "bearer[error=insufficient_scope;realm=https://a/t]")]
    [InlineData("Bearer realm=\"open", "bearer[realm=open]")]
    [InlineData("", "")]
    [InlineData(" ,, = ,\"", "\"[]")]
    public void AreUnderstood(string headers, string expected) => Assert.Equal(expected, Text(RegistryChallenge.Parse(headers.Split('\n'))));

    [Theory]
    [InlineData("Basic realm=\"r\"|Bearer realm=\"http://HOST/token\",service=\"s, t\"")]
    [InlineData("Basic realm=\"r\", bEARER realm=\"http://HOST/token\"")]
    [InlineData("Bearer realm=\"http://HOST/token\"")]
    [InlineData("Bearer realm=\"http://HOST/token?account=x\"")]
    public async Task AreAnsweredWithATokenWhereTheyTakeOne(string headers)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("GET", "/token").Always(Fault.Answer(200, """{"token":"t"}"""));
        var image = SampleImages.Create(["one"]);
        using var machine = new Machine();
        await machine.PushAsync(image, $"{registry.Host}/app:1");
        var challenge = headers.Replace("HOST", registry.Host, StringComparison.Ordinal).Split('|').SelectMany(h => new[] { "WWW-Authenticate", h }).ToArray();
        registry.On("GET", "/manifests/").First(Fault.Answer(401, "", challenge));
        using var other = new Machine();
        Assert.Equal(await SampleImages.ReadLayersAsync(image), await other.PullAsync($"{registry.Host}/app:1"));
        var asked = registry.Requests.Single(r => r.Target.StartsWith("/token", StringComparison.Ordinal)).Target;
        Assert.Contains("scope=repository%3Aapp%3Apull", asked, StringComparison.Ordinal);
        Assert.Equal(headers.Contains("s, t", StringComparison.Ordinal), asked.Contains("service=s%2C%20t&", StringComparison.Ordinal));
        Assert.Equal(headers.Contains("account", StringComparison.Ordinal), asked.Contains("account=x&", StringComparison.Ordinal));
        Assert.Equal("Bearer t", registry.Requests.Last(r => r.Target.Contains("/manifests/", StringComparison.Ordinal))["Authorization"]);
    }

    private static string Text(IEnumerable<RegistryChallenge> challenges) => string.Join(
        ' ', challenges.Select(c => $"{c.Scheme}[{string.Join(';', c.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}]"));
}
