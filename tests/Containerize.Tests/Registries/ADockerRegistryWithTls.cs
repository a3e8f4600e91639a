using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>distribution with a certificate of an authority that nobody knows but who was told.</summary>
public sealed class ADockerRegistryWithTls : IDisposable
{
    private static readonly ImageIndex Sample = SampleImages.CreateIndex("tls");
    private readonly Machine _machine = new();
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _etc = new();

    public void Dispose()
    {
        _machine.Dispose();
        _authority.Dispose();
        _etc.Dispose();
    }

    [SkippableTheory]
    [InlineData("containers")]
    [InlineData("docker")]
    public async Task GivesAndTakesWhereItsAuthorityIsInCertsD(string program)
    {
        await using var registry = await StartAsync();
        Trust(registry, program);
        await PushAsync(registry);
        using var client = Client();
        var read = await client.PullSource(NameAt(registry)).ReadAsync(CancellationToken.None);
        Assert.Equal(Sample.Digest, read.Digest);
        Assert.Equal(
            await SampleImages.ReadLayersAsync(await Sample.SelectAsync(Oci.Platform.LinuxAmd64, "it", CancellationToken.None)),
            await SampleImages.ReadLayersAsync(await read.SelectAsync(Oci.Platform.LinuxAmd64, "it", CancellationToken.None)));
    }

    // The same file of the same authority, read by somebody else.
    [SkippableFact]
    public async Task GivesToSkopeoWhatItGotFromUs()
    {
        ToolRunner.Require("skopeo");
        await using var registry = await StartAsync();
        Trust(registry, "containers");
        await PushAsync(registry);
        var certificates = _etc[$"containers/certs.d/{registry.Host}"];
        (await ToolRunner.RunAsync(
            "skopeo", "copy", "--all", "--insecure-policy", "--src-cert-dir", certificates, $"docker://{NameAt(registry)}", $"oci:{_etc["layout"]}:x")).Succeeded();
        Assert.Equal(Sample.Digest, (await new OciLayout(_etc["layout"]).ReadAsync(CancellationToken.None)).Digest);
    }

    [SkippableFact]
    public async Task IsAskedForNothingWhereNobodyKnowsItsAuthority()
    {
        await using var registry = await StartAsync();
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => PushAsync(registry));
        Assert.Equal(4002, failure.Number);
        Assert.Contains("no trusted TLS connection can be made", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(registry.Requests, r => r.Contains("/v2/team/", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task IsAskedForNothingWhereAnotherAuthorityIsInCertsD()
    {
        await using var registry = await StartAsync();
        using var another = new TestAuthority();
        Trust(registry, "containers", another);
        Assert.Equal(4002, (await Assert.ThrowsAsync<ContainerizeException>(() => PushAsync(registry))).Number);
    }

    private static Reference NameAt(DockerRegistry registry) => Reference.Parse($"{registry.Host}/team/app:1");

    private Task<DockerRegistry> StartAsync() => DockerRegistry.StartAsync(new DockerRegistryOptions { Certificate = _authority.Sign(20, "127.0.0.1") });

    private void Trust(DockerRegistry registry, string program, TestAuthority? authority = null) =>
        _etc.Write($"{program}/certs.d/{registry.Host}/ca.crt", (authority ?? _authority).Pem);

    private RegistryClient Client() => _machine.Client(o => o with { Etc = _etc.Path });

    private async Task PushAsync(DockerRegistry registry)
    {
        using var client = Client();
        await Task.Run(() => client.PushDestination([NameAt(registry)]).WriteAsync(Sample, CancellationToken.None));
    }
}
