using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Containerize.Bases;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>An ASP.NET app on nothing but the embedded base, unpacked by umoci and started by runc.</summary>
[Collection(EmbeddedBaseCollection.Name)]
public sealed class RunningOnTheEmbeddedBase(PackedBase packed, PublishedProbe probe)
{
    [SkippableFact]
    public async Task LeanServesWithoutCulturesAndZones() => Verify.Text(await AnswerAsync(extra: false));

    [SkippableFact]
    public async Task ExtraServesWithCulturesAndZones() => Verify.Text(await AnswerAsync(extra: true));

    private async Task<string> AnswerAsync(bool extra)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "runc is started as root here");
        Skip.IfNot(Tool.Exists("umoci") && Tool.Exists("runc"), "umoci and runc are not installed");
        Skip.IfNot(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "the probe is for x64");
        var bundle = await UnpackAsync(extra);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var serving = ServeTlsAsync(server, stop.Token);
        var port = FreePort();
        Configure(Path.Combine(bundle, "config.json"), port);

        var id = $"containerize-test-{Guid.NewGuid():N}";
        using var runc = Process.Start(Tool.Start("runc", ["run", "--bundle", bundle, id], bundle))!;
        var output = runc.StandardOutput.ReadToEndAsync(stop.Token);
        var error = runc.StandardError.ReadToEndAsync(stop.Token);
        try
        {
            using var client = new HttpClient();
            while (true)
            {
                try
                {
                    return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/?tls={((IPEndPoint)server.LocalEndpoint).Port}"), stop.Token);
                }
                catch (HttpRequestException) when (!runc.HasExited)
                {
                    await Task.Delay(100, stop.Token);
                }
                catch (HttpRequestException)
                {
                    Assert.Fail($"the container ended: {runc.ExitCode}\n{await output}\n{await error}");
                }
            }
        }
        finally
        {
            if (!runc.HasExited)
            {
                Tool.Run("runc", ["kill", id, "KILL"], bundle, seconds: 20);
            }

            await runc.WaitForExitAsync(stop.Token);
            await stop.CancelAsync();
            await Record.ExceptionAsync(() => serving);
        }
    }

    private async Task<string> UnpackAsync(bool extra)
    {
        var folder = packed.NewFolder();
        var parts = new EmbeddedBaseParts
        {
            Platform = Platform.LinuxAmd64,
            OsPackageFolder = packed.Folder("linux-x64"),
            Extra = extra,
            Frameworks = probe.Frameworks("linux-x64"),
        };
        var image = await EmbeddedBase.AssembleAsync(parts, probe.Builder);
        var files = Directory.GetFiles(probe.App, "*", SearchOption.AllDirectories).Select(f => new LayerEntry
        {
            Path = "app/" + Path.GetRelativePath(probe.App, f),
            Kind = LayerEntryKind.File,
            Mode = EntryMode.Of(f),
            Content = DiskContent.Of(f),
        });
        var app = await probe.Builder.BuildAsync(LayerSpec.Create("app", files), LayerCompression.Gzip);
        var config = image.Config with { Config = image.Config.Config! with { Entrypoint = ["/app/probe"], WorkingDir = "/app" }, History = null };
        var layout = Path.Combine(folder, "layout");
        await new OciLayout(layout, "probe").WriteAsync(Image.Create(config, [.. image.Layers, app]), CancellationToken.None);
        Tool.Run("umoci", ["unpack", "--image", $"{layout}:probe", Path.Combine(folder, "bundle")], folder);
        return Path.Combine(folder, "bundle");
    }

    // The host's network, so that the test can reach it and it the test; no terminal.
    private static void Configure(string path, int port)
    {
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        var namespaces = config["linux"]!["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(n => (string?)n!["type"] == "network"));
        config["process"]!["terminal"] = false;
        config["process"]!["env"]!.AsArray().Add($"ASPNETCORE_URLS=http://127.0.0.1:{port}");
        File.WriteAllText(path, config.ToJsonString());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ServeTlsAsync(TcpListener server, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        while (true)
        {
            using var client = await server.AcceptTcpClientAsync(cancellationToken);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            _ = await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
        }
    }
}
