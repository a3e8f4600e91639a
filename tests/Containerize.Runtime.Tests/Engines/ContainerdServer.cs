using System.Diagnostics;
using System.Security.Cryptography;
using Containerize.Runtime.Tests.LifeCycle;
using Containerize.Testing;

namespace Containerize.Runtime.Tests.Engines;

/// <summary>A containerd with everything below a folder of its own, of root or of a plain user, and ctr(8) for it.</summary>
internal sealed class ContainerdServer : IAsyncDisposable
{
    /// <summary>The image that it has.</summary>
    public const string Image = "localhost/test:latest";

    private readonly TemporaryFolder _folder = new();
    private readonly int _uid;
    private Process? _process;

    private ContainerdServer(int uid, string runtime)
    {
        _uid = uid;
        Runtime = uid == 0 ? runtime : _folder["runtime"];
        if (uid != 0)
        {
            // Where ours is a plain user may not come.
            File.Copy(runtime, Runtime);
        }
    }

    /// <summary>The runtime, where whose server it is can execute it.</summary>
    public string Runtime { get; }

    /// <summary>Starts one, and imports the image.</summary>
    /// <param name="uid">Whose: another than root is root in a user namespace with all of its further ids.</param>
    /// <param name="runtime">The runtime.</param>
    public static async Task<ContainerdServer> StartAsync(int uid, string runtime)
    {
        var server = new ContainerdServer(uid, runtime);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls ctr.</summary>
    public Task<ToolRunner.Result> CtrAsync(params string[] words)
    {
        var ctr = (string[])["ctr", "--address", _folder["containerd.sock"], "--timeout", "30s", .. words];
        return _uid == 0 ? ToolRunner.RunAsync(ctr[0], ctr[1..])
            : ToolRunner.RunAsync("nsenter", ["--target", $"{_process!.Id}", "--user", "--mount", "--setuid", "0", "--setgid", "0", .. ctr]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await ToolRunner.RunAsync("kill", $"{_process.Id}");
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        _folder.Write("config.toml", $"""
            version = 2
            root = "{_folder["root"]}"
            state = "{_folder["state"]}"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{_folder["containerd.sock"]}"
            [ttrpc]
              address = "{_folder["ttrpc.sock"]}"

            """);
        var archive = await ArchiveAsync(_folder);
        var script = $"exec containerd --config {_folder["config.toml"]} > {_folder["log"]} 2>&1 < /dev/null";
        if (_uid == 0)
        {
            _process = Process.Start("sh", ["-c", script]);
        }
        else
        {
            (await ToolRunner.RunAsync("chown", "-R", $"{_uid}:{_uid}", _folder.Path)).Succeeded();
            _process = Process.Start("setpriv",
            [
                "--reuid", $"{_uid}", "--regid", $"{_uid}", "--clear-groups", "unshare", "--user", "--mount", "--map-root-user", "--map-auto",
                "sh", "-c", "mount -t tmpfs tmpfs /run && " + script,
            ]);
        }

        await LifeBundle.WaitAsync(async () => (await CtrAsync("version")).ExitCode == 0, "containerd does not answer");
        (await CtrAsync("images", "import", "--snapshotter", "native", archive)).Succeeded();
    }

    // An OCI layout of one layer in a tar.
    private static async Task<string> ArchiveAsync(TemporaryFolder folder)
    {
        BusyboxRoot.Make(folder.Folder("files"));
        (await ToolRunner.RunAsync("tar", "-C", folder["files"], "-cf", folder["layer.tar"], ".")).Succeeded();
        var layer = Blob(await File.ReadAllBytesAsync(folder["layer.tar"]), "application/vnd.oci.image.layer.v1.tar");
        var digest = Digest(await File.ReadAllBytesAsync(folder["layer.tar"]));
        var config = Blob(
            System.Text.Encoding.UTF8.GetBytes($$"""{"architecture":"{{(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64")}}","os":"linux","config":{"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":["{{digest}}"]} }"""),
            "application/vnd.oci.image.config.v1+json");
        var manifest = Blob(
            System.Text.Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{config}},"layers":[{{layer}}]}"""),
            "application/vnd.oci.image.manifest.v1+json");
        folder.Write("layout/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        folder.Write("layout/index.json", $$"""{"schemaVersion":2,"manifests":[{{manifest[..^1]}},"annotations":{"io.containerd.image.name":"{{Image}}"} }]}""");
        (await ToolRunner.RunAsync("tar", "-C", folder["layout"], "-cf", folder["image.tar"], ".")).Succeeded();
        return folder["image.tar"];

        string Blob(byte[] bytes, string type)
        {
            folder.Write("layout/blobs/sha256/" + Digest(bytes)["sha256:".Length..], bytes);
            return $$"""{"mediaType":"{{type}}","digest":"{{Digest(bytes)}}","size":{{bytes.Length}}}""";
        }
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
