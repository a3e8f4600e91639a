using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A local engine and a registry that has an image of Debian with real servers: made once for all tests of the collection.</summary>
public sealed class DebianMachine : IAsyncLifetime, IDisposable
{
    /// <summary>The collection's name.</summary>
    public const string Collection = "Debian";

    // Nobody reads documentation there, and PostgreSQL's compiler of queries is a third of all.
    private static readonly string[] LeftOut = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/lib/*/libLLVM*"];

    private readonly TemporaryFolder _folder = new();
    private DockerRegistry? _registry;

    /// <summary>The engine.</summary>
    public LocalMachine Machine { get; } = new();

    /// <summary>The registry.</summary>
    public DockerRegistry Registry => _registry!;

    /// <summary>The image's name at the registry.</summary>
    public string Image => $"{Registry.Host}/debian:servers";

    /// <summary>Skips the test where this cannot be, and says why.</summary>
    public static void Require()
    {
        LocalMachine.Require();
        foreach (var program in (string[])["mmdebstrap", "docker-registry", "psql", "redis-cli", "curl", "socat"])
        {
            ToolRunner.Require(program);
        }
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        try
        {
            Require();
        }
        catch (SkipException)
        {
            // The tests say it.
            return;
        }

        await Machine.InitializeAsync();
        _registry = await DockerRegistry.StartAsync();
        var tar = _folder["rootfs.tar"];
        await using (var making = new RunningTool(
            "mmdebstrap",
            [
                "--quiet", "--variant=minbase", "--include=postgresql,redis-server,nginx-light,socat,procps",
                .. LeftOut.Select(path => $"--dpkgopt=path-exclude={path}"), "bookworm", tar,
            ],
            []))
        {
            Assert.True(await making.EndAsync(TimeSpan.FromMinutes(15)) == 0, making.Output);
        }

        var config = new ImageConfig
        {
            Os = "linux",
            Architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            Config = new ContainerConfig { Cmd = ["bash"], Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin"] },
        };
        await new OciLayout(_folder["layout"], "debian").WriteAsync(Images.Image.Create(config, [await LayerOfAsync(tar)]), CancellationToken.None);
        File.Delete(tar);
        (await Machine.RunAsync("copy", $"oci:{_folder["layout"]}:debian", "docker://" + Image)).Succeeded();
        Directory.Delete(_folder["layout"], recursive: true);
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await Machine.DisposeAsync();
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Machine.Dispose();
        _folder.Dispose();
    }

    private static async Task<Layer> LayerOfAsync(string tar)
    {
        await using var file = File.OpenRead(tar);
        var digest = Digest.Parse("sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file)));
        return new Layer(new Descriptor { MediaType = MediaTypes.OciLayer, Digest = digest, Size = file.Length }, digest, new FileBlob(tar));
    }

    private sealed class FileBlob(string path) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
        {
            var file = File.OpenRead(path);
            file.Position = offset;
            return new(file);
        }
    }
}
