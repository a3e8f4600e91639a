using System.Text.Json;
using Containerize.Bases;
using Containerize.Layers;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>A framework-dependent web app that says what it finds where it runs, published once; and the runtime packs it runs on.</summary>
public sealed class PublishedProbe : IDisposable
{
    private readonly Lazy<(string App, string Version, string Packages)> _published;
    private readonly string _root = Directory.CreateTempSubdirectory("containerize-probe-").FullName;

    public PublishedProbe() => _published = new(Publish);

    /// <summary>The publish folder.</summary>
    public string App => _published.Value.App;

    /// <summary>The version of .NET that the SDK bundles.</summary>
    public string Version => _published.Value.Version;

    /// <summary>A layer builder with a cache of its own.</summary>
    public LayerBuilder Builder => new(new LayerCache(Path.Combine(_root, "cache")), Environment.ProcessorCount);

    /// <summary>The runtime packs for an ASP.NET Core app.</summary>
    public IReadOnlyList<FrameworkPack> Frameworks(string rid)
    {
        var frameworks = new Dictionary<string, string> { ["Microsoft.NETCore.App"] = Version, ["Microsoft.AspNetCore.App"] = Version };
        return [.. EmbeddedBasePackages.Required(rid, frameworks, "1.0.0").Skip(1).Select(p => new FrameworkPack(
            p.Id[..p.Id.IndexOf(".Runtime.", StringComparison.Ordinal)], p.Version, EmbeddedBasePackages.Find(p, [_published.Value.Packages])!, rid))];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private (string App, string Version, string Packages) Publish()
    {
        File.WriteAllText(
            Path.Combine(_root, "probe.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
              </PropertyGroup>
              <ItemGroup>
                <PackageDownload Include="Microsoft.NETCore.App.Runtime.linux-x64" Version="[$(BundledNETCoreAppPackageVersion)]" />
                <PackageDownload Include="Microsoft.AspNetCore.App.Runtime.linux-x64" Version="[$(BundledNETCoreAppPackageVersion)]" />
                <PackageDownload Include="Microsoft.NETCore.App.Runtime.linux-arm64" Version="[$(BundledNETCoreAppPackageVersion)]" />
                <PackageDownload Include="Microsoft.AspNetCore.App.Runtime.linux-arm64" Version="[$(BundledNETCoreAppPackageVersion)]" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(_root, "Program.cs"), Source);
        var app = Path.Combine(_root, "app");
        Tool.Run("dotnet", ["publish", "-c", "Release", "-o", app, "-nodeReuse:false"], _root);
        var json = Tool.Run("dotnet", ["msbuild", "-getProperty:BundledNETCoreAppPackageVersion,NuGetPackageRoot", "-nodeReuse:false"], _root);
        var properties = JsonDocument.Parse(json).RootElement.GetProperty("Properties");
        return (app, properties.GetProperty("BundledNETCoreAppPackageVersion").GetString()!, properties.GetProperty("NuGetPackageRoot").GetString()!);
    }

    private const string Source =
        """
        using System.Globalization;
        using System.IO.Compression;
        using System.Net.Security;
        using System.Net.Sockets;
        using System.Security.Cryptography;
        using System.Security.Cryptography.X509Certificates;
        using System.Text;

        var app = WebApplication.Create(args);
        app.MapGet("/", (int tls) => string.Join('\n',
            Say("user", () => $"{Environment.UserName} in {Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}"),
            Say("system", () => System.Runtime.InteropServices.RuntimeInformation.OSDescription),
            Say("culture", () => "iI".ToUpper(new CultureInfo("tr-TR")) + " " + new DateTime(2026, 2, 1).ToString("D", new CultureInfo("tr-TR"))),
            Say("zone", () => TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin").GetUtcOffset(new DateTime(2026, 7, 1)).ToString()),
            Say("windows zone", () => TimeZoneInfo.FindSystemTimeZoneById("W. Europe Standard Time").GetUtcOffset(new DateTime(2026, 1, 1)).ToString()),
            Say("compression", Compress),
            Say("sha256", () => Convert.ToHexStringLower(SHA256.HashData("abc"u8))),
            Say("rsa", () => { using var rsa = RSA.Create(2048); return rsa.VerifyData("x"u8, rsa.SignData("x"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), HashAlgorithmName.SHA256, RSASignaturePadding.Pss).ToString(); }),
            Say("ecdh", () => { using var a = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256); return a.DeriveKeyMaterial(a.PublicKey).Length.ToString(); }),
            Say("trusted roots", () => { using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine); store.Open(OpenFlags.ReadOnly); return (store.Certificates.Count > 100).ToString(); }),
            Say("tls to an untrusted server", () => Connect(tls)),
            Say("temporary file", () => { var path = Path.GetTempFileName(); File.Delete(path); return Path.GetDirectoryName(path)!; }), ""));
        app.Run();

        static string Say(string what, Func<string> find)
        {
            try { return what + ": " + find(); }
            catch (Exception e) { return what + ": " + e.GetType().Name; }
        }

        static string Compress()
        {
            var text = new string('a', 100_000);
            var bytes = new MemoryStream();
            using (var brotli = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) { brotli.Write(Encoding.ASCII.GetBytes(text)); }
            using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) { gzip.Write(Encoding.ASCII.GetBytes(text)); }
            return (bytes.Length < 2000).ToString();
        }

        static string Connect(int port)
        {
            var errors = "";
            using var client = new TcpClient("127.0.0.1", port);
            using var tls = new SslStream(client.GetStream(), false, (_, _, chain, e) =>
            {
                errors = e + ", " + string.Join(", ", chain!.ChainStatus.Select(s => s.Status));
                return true;
            });
            tls.AuthenticateAsClient("localhost");
            return tls.SslProtocol + ", " + errors;
        }
        """;
}
