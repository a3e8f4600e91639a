using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class GoingThroughAProxy
{
    [Fact]
    public async Task TakesTheCredentialsOfItsAddress()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=registry.test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Certificate = certificate });
        using var proxy = new LoopbackProxy("me", "p:w/x");
        var port = registry.Host.Split(':')[1];
        var failure = await PullAsync($"registry.test:{port}/app:1", ("HTTPS_PROXY", $"http://me:p%3Aw%2Fx@{proxy.Host}"));
        Assert.Equal([$"CONNECT registry.test:{port} 407", $"CONNECT registry.test:{port} 200"], proxy.Requests.Take(2));
        // The way is found; that the certificate is nobody's is another matter.
        Assert.Contains("no trusted TLS connection can be made", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p:w", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsNotDoneForThisMachine()
    {
        await using var registry = await FaultRegistry.StartAsync();
        var failure = await PullAsync($"{registry.Host}/app:1", ("HTTP_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1"));
        Assert.Equal(4005, failure.Number);
        Assert.Single(registry.Requests);
    }

    [Theory]
    [InlineData("https://registry.test/", "", true)]
    [InlineData("http://registry.test/", "", false)]
    [InlineData("https://registry.test/", "*", false)]
    [InlineData("https://registry.test/", "test", false)]
    [InlineData("https://registry.test/", "registry.test", false)]
    [InlineData("https://registry.test/", ".registry.test", true)]
    [InlineData("https://a.registry.test/", ".registry.test", false)]
    [InlineData("https://registry.test:8443/", "registry.test:8443", false)]
    [InlineData("https://registry.test:8444/", "registry.test:8443", true)]
    [InlineData("https://otherregistry.test/", "registry.test", true)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/8", false)]
    [InlineData("https://11.1.2.3/", "10.0.0.0/8, 12.0.0.1", true)]
    [InlineData("https://127.0.0.1/", "", false)]
    [InlineData("https://localhost:5000/", "", false)]
    public void IsLeftOutForSome(string address, string direct, bool through)
    {
        var variables = new Dictionary<string, string> { ["https_proxy"] = "proxy.test:3128", ["NO_PROXY"] = direct };
        var proxy = RegistryProxy.Of(variables.GetValueOrDefault)!;
        Assert.Equal(through, !proxy.IsBypassed(new Uri(address)));
        Assert.Equal("http://proxy.test:3128/", proxy.GetProxy(new Uri("https://x/"))!.AbsoluteUri);
    }

    [Fact]
    public void WithoutOneIsTheSystemsBusiness() => Assert.Null(RegistryProxy.Of(_ => null));

    private static async Task<ContainerizeException> PullAsync(string name, params (string Name, string Value)[] variables)
    {
        using var machine = new Machine();
        using var client = machine.Client(o => o with { Environment = n => variables.FirstOrDefault(v => v.Name == n).Value });
        return await Assert.ThrowsAsync<ContainerizeException>(() => Task.Run(() => client.PullSource(Reference.Parse(name)).ReadAsync(CancellationToken.None)));
    }
}
