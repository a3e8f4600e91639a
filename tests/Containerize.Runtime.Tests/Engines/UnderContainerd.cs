using System.Diagnostics;
using System.Security.Cryptography;
using Containerize.Runtime.Tests.LifeCycle;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Engines;

/// <summary>containerd, started by the test with everything below a folder of its own, and its shim calling our runtime.</summary>
public class UnderContainerd
{
    private const string Image = "localhost/test:latest";

    [SkippableFact]
    public async Task TheLifeOfAContainer()
    {
        ToolRunner.Require("containerd");
        ToolRunner.Require("ctr");
        ToolRunner.Require("busybox");
        Skip.IfNot(Environment.UserName == "root", "only root starts containerd");
        var runtime = await PublishedRuntime.PathAsync;
        using var folder = new TemporaryFolder();
        using var containerd = Start(folder);
        try
        {
            await LifeBundle.WaitAsync(async () => (await CtrAsync("version")).ExitCode == 0, "containerd does not answer");
            (await CtrAsync("images", "import", "--snapshotter", "native", await ArchiveAsync(folder))).Succeeded();

            var run = (string[])["run", "--snapshotter", "native", "--runc-binary", runtime];
            var ended = await CtrAsync([.. run, "--rm", Image, "one", "/bin/sh", "-c", "echo hello; exit 7"]);
            Assert.Equal((7, "hello\n"), (ended.ExitCode, ended.Output));

            (await CtrAsync([.. run, "--detach", "--memory-limit", "67108864", Image, "two", "/bin/sleep", "100"])).Succeeded();
            var executed = await CtrAsync("task", "exec", "--exec-id", "first", "two", "/bin/sh", "-c", "echo inside; exit 4");
            Assert.Equal((4, "inside\n"), (executed.ExitCode, executed.Output));
            (await CtrAsync("task", "pause", "two")).Succeeded();
            Assert.Contains("PAUSED", (await CtrAsync("task", "ls")).Succeeded(), StringComparison.Ordinal);
            (await CtrAsync("task", "resume", "two")).Succeeded();
            Assert.Contains("RUNNING", (await CtrAsync("task", "ls")).Succeeded(), StringComparison.Ordinal);
            (await CtrAsync("task", "ps", "two")).Succeeded();
            (await CtrAsync("task", "kill", "--signal", "KILL", "two")).Succeeded();
            await LifeBundle.WaitAsync(async () => (await CtrAsync("task", "ls")).Output.Contains("STOPPED", StringComparison.Ordinal), "it does not stop");
            // Its exit code is that of the task: 137.
            await CtrAsync("task", "rm", "two");
            (await CtrAsync("container", "rm", "two")).Succeeded();

            // What the shim read from our log.
            var failed = await CtrAsync([.. run, "--rm", Image, "three", "/nothing"]);
            Assert.Equal(1, failed.ExitCode);
            Assert.Contains("exec: \"/nothing\": no such file or directory", failed.Errors, StringComparison.Ordinal);
            Assert.Equal("", (await CtrAsync("container", "ls", "--quiet")).Succeeded());
        }
        finally
        {
            await CtrAsync("task", "rm", "--force", "two");
            await ToolRunner.RunAsync("kill", $"{containerd.Id}");
            await containerd.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }

        Task<ToolRunner.Result> CtrAsync(params string[] words) => ToolRunner.RunAsync("ctr", ["--address", folder["containerd.sock"], "--timeout", "30s", .. words]);
    }

    private static Process Start(TemporaryFolder folder)
    {
        folder.Write("config.toml", $"""
            version = 2
            root = "{folder["root"]}"
            state = "{folder["state"]}"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{folder["containerd.sock"]}"
            [ttrpc]
              address = "{folder["ttrpc.sock"]}"

            """);
        return Process.Start("sh", ["-c", $"exec containerd --config {folder["config.toml"]} > {folder["log"]} 2>&1 < /dev/null"]);
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
