using System.Net;
using System.Security.Cryptography.X509Certificates;
using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>Registries with certificates, under a name that only this test resolves.</summary>
public sealed class SpeakingTls : IDisposable
{
    private const string Name = "registry.test";
    private static readonly Image Sample = SampleImages.Create(["one"]);
    private readonly Machine _machine = new();
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _etc = new();

    public void Dispose()
    {
        _machine.Dispose();
        _authority.Dispose();
        _etc.Dispose();
    }

    [Fact]
    public async Task OfAnAuthorityThatNobodyKnowsIsRefused()
    {
        await using var registry = await StartAsync();
        var failure = await FailAsync(At(registry));
        Assert.Equal(4002, failure.Number);
        Assert.Contains("no trusted TLS connection can be made", failure.Message, StringComparison.Ordinal);
        Assert.Contains("/etc/containers/certs.d/REGISTRY/ca.crt", failure.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);
    }

    [Theory]
    [InlineData(-1, Name, "NotTimeValid")]
    [InlineData(20, "other.test", "another name")]
    public async Task OfAKnownAuthorityIsRefusedWhereItIsNotGoodHere(int days, string name, string why)
    {
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Certificate = _authority.Sign(days, name) });
        Trust(At(registry));
        Assert.Contains(why, (await FailAsync(At(registry))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("containers")]
    [InlineData("docker")]
    public async Task OfAnAuthorityInCertsDIsAccepted(string program)
    {
        await using var registry = await StartAsync();
        Trust(At(registry), program);
        await PushAsync(At(registry));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
    }

    [Fact]
    public async Task TheAuthorityIsForItsRegistryAlone()
    {
        await using var registry = await StartAsync();
        await using var another = await StartAsync();
        Trust(At(registry));
        Assert.Equal(4002, (await FailAsync(At(another))).Number);
    }

    [Fact]
    public async Task WhoWeAreIsInCertsDToo()
    {
        var seen = "";
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions
        {
            Certificate = _authority.Sign(20, Name),
            AsksForCertificates = true,
            Authorize = context =>
            {
                seen = context.Connection.ClientCertificate?.Subject ?? "nobody";
                return Task.FromResult(true);
            },
        });
        Trust(At(registry));
        using var own = _authority.Sign(20, "us.test");
        var folder = Folder(At(registry), "containers");
        await File.WriteAllTextAsync(Path.Combine(folder, "us.cert"), own.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "us.key"), own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await PushAsync(At(registry));
        Assert.Equal("CN=us.test", seen);
    }

    [Fact]
    public async Task ACertificateFileThatIsNoneIsNamed()
    {
        await using var registry = await StartAsync();
        var file = Path.Combine(Folder(At(registry), "containers"), "ca.cert");
        await File.WriteAllTextAsync(file, "nothing");
        var failure = await FailAsync(At(registry));
        Assert.Equal(4032, failure.Number);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnHttpServerWhereTlsIsExpectedIsCalledThat()
    {
        await using var registry = await FaultRegistry.StartAsync();
        var failure = await FailAsync(At(registry));
        Assert.Contains("it speaks no TLS", failure.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task AnInsecureRegistryNeedsNoCertificate()
    {
        await using var registry = await StartAsync();
        await PushAsync(At(registry), At(registry));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
    }

    [Fact]
    public async Task AnInsecureRegistryMaySpeakHttp()
    {
        await using var registry = await FaultRegistry.StartAsync();
        await PushAsync(At(registry), At(registry));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
        Assert.Contains($"{At(registry)} is reached by http.", _machine.Said);
    }

    [Fact]
    public async Task WhereAnInsecureRegistrySendsUsIsLookedAtAllTheSame()
    {
        await using var storage = await FaultRegistry.StartAsync(new FaultRegistryOptions { Certificate = _authority.Sign(20, "storage.test") });
        await using var registry = await StartAsync();
        await PushAsync(At(registry), At(registry));
        registry.On("GET", "/blobs/").Always(Fault.Redirect($"https://storage.test:{PortOf(storage)}/x"));
        using var other = new Machine();
        using var client = other.Client(o => Here(o, At(registry)));
        var failure = await Assert.ThrowsAsync<ContainerizeException>(async () =>
            await SampleImages.ReadLayersAsync((Image)await client.PullSource(Reference.Parse($"{At(registry)}/app:1")).ReadAsync(CancellationToken.None)));
        Assert.Equal(4002, failure.Number);
        Assert.Empty(storage.Requests);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task OnThisMachineItIsFoundOut(string host)
    {
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Certificate = _authority.Sign(20, "localhost", "127.0.0.1") });
        var name = $"{host}:{PortOf(registry)}";
        Trust(name);
        await PushAsync(name);
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
        Assert.Contains($"{name} is reached by https.", _machine.Said);
    }

    [Fact]
    public async Task OnThisMachineItIsLookedAtToo()
    {
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Certificate = _authority.Sign(20, "localhost") });
        Assert.Contains("no trusted TLS", (await FailAsync($"localhost:{PortOf(registry)}")).Message, StringComparison.Ordinal);
    }

    private static string PortOf(FaultRegistry registry) => registry.Host[(registry.Host.LastIndexOf(':') + 1)..];

    private static string At(FaultRegistry registry) => $"{Name}:{PortOf(registry)}";

    private Task<FaultRegistry> StartAsync() => FaultRegistry.StartAsync(new FaultRegistryOptions { Certificate = _authority.Sign(20, Name) });

    private string Folder(string registry, string program)
    {
        var folder = _etc[$"{program}/certs.d/{registry}"];
        Directory.CreateDirectory(folder);
        return folder;
    }

    private void Trust(string registry, string program = "containers") => File.WriteAllText(Path.Combine(Folder(registry, program), "ca.crt"), _authority.Pem);

    private RegistryOptions Here(RegistryOptions options, string? insecure) => options with
    {
        Etc = _etc.Path,
        Resolve = _ => [IPAddress.Loopback],
        Environment = name => name == "DOTNET_CONTAINER_INSECURE_REGISTRIES" ? insecure : null,
    };

    private async Task PushAsync(string registry, string? insecure = null)
    {
        using var client = _machine.Client(o => Here(o, insecure));
        await Task.Run(() => client.PushDestination([Reference.Parse($"{registry}/app:1")]).WriteAsync(Sample, CancellationToken.None));
    }

    private Task<ContainerizeException> FailAsync(string registry) => Assert.ThrowsAsync<ContainerizeException>(() => PushAsync(registry));
}
