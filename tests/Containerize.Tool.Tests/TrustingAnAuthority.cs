using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests;

/// <summary>distribution and its token server with certificates of an authority of ours, which the whole process is told of.</summary>
public sealed class TrustingAnAuthority : IDisposable
{
    private readonly Shell _shell = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _shell.Dispose();
        _authority.Dispose();
    }

    [SkippableFact]
    public async Task InSslCertFileIsForTheRegistryAndItsTokenServer()
    {
        ToolRunner.Require("skopeo");
        using var certificate = _authority.Sign(20, "127.0.0.1");
        await using var tokens = await TokenServer.StartAsync(certificate);
        await using var registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Certificate = certificate, Tokens = tokens });
        await _shell.AddAppAsync("app:1.0");
        _shell.Variables["DOTNET_CONTAINER_REGISTRY_UNAME"] = DockerRegistry.User;
        _shell.Variables["DOTNET_CONTAINER_REGISTRY_PWORD"] = DockerRegistry.Password;
        using (var push = ToolProcess.Start(_shell, "push", "app:1.0", $"{registry.Host}/team/app:1"))
        {
            var refused = await push.EndAsync();
            Assert.Equal(1, refused.Code);
            Assert.Contains("error CTZ4002: ", refused.Error, StringComparison.Ordinal);
            Assert.Empty(tokens.Asked);
        }

        _shell.Variables["SSL_CERT_FILE"] = _shell.PathOf("authority.pem");
        await File.WriteAllTextAsync(_shell.Variables["SSL_CERT_FILE"], _authority.Pem);
        using (var push = ToolProcess.Start(_shell, "push", "app:1.0", $"{registry.Host}/team/app:1"))
        {
            var pushed = await push.EndAsync();
            Assert.True(pushed.Code == 0, pushed.Transcript());
        }

        var seen = await ToolRunner.RunWithAsync(
            "skopeo", ["inspect", "--raw", "--creds", $"{DockerRegistry.User}:{DockerRegistry.Password}", $"docker://{registry.Host}/team/app:1"], _shell.Variables);
        Assert.Equal(_shell.Store.List()[0].Descriptor.Digest, Digest.Of(System.Text.Encoding.UTF8.GetBytes(seen.Succeeded())));
    }
}
