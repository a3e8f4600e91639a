using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Engines;

/// <summary>podman of a plain user, which calls our runtime as the root of a user namespace.</summary>
public class UnderPodmanAsAPlainUser
{
    [SkippableFact]
    public async Task TheLifeOfAContainer()
    {
        ToolRunner.Require("podman");
        ToolRunner.Require("setpriv");
        ToolRunner.Require("newuidmap");
        ToolRunner.Require("busybox");
        Skip.IfNot(Environment.UserName == "root", "only root becomes another user");
        var user = SubordinateIds.Find();
        using var folder = new TemporaryFolder();
        folder.Write("containers.conf", """
            [containers]
            default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
            [engine]
            cgroup_manager="cgroupfs"
            events_logger="file"

            """);
        folder.Write("storage.conf", $"[storage]\ndriver=\"vfs\"\ngraphroot=\"{folder["storage"]}\"\nrunroot=\"{folder["run"]}\"\n");
        BusyboxRoot.Make(folder.Folder("root"));
        (await ToolRunner.RunAsync("tar", "-C", folder["root"], "-cf", folder["root.tar"], ".")).Succeeded();
        File.Copy(await PublishedRuntime.PathAsync, folder["runtime"]);
        folder.Folder("home");
        (await ToolRunner.RunAsync("chown", "-R", $"{user.Uid}:{user.Uid}", folder.Path)).Succeeded();
        try
        {
            (await PodmanAsync("import", folder["root.tar"], "test")).Succeeded();
            Assert.Equal(7, (await PodmanAsync("run", "--rm", "--network", "none", "test", "sh", "-c", "exit 7")).ExitCode);
            Assert.Equal("7 8\n", (await PodmanAsync("run", "--rm", "--network", "none", "--user", "7:8", "test", "sh", "-c", "echo $(id -u) $(id -g)")).Succeeded());
            (await PodmanAsync("run", "--detach", "--name", "one", "--network", "none", "test", "sh", "-c", "echo started; trap 'exit 3' TERM; while :; do sleep 0.1; done")).Succeeded();
            Assert.Equal(4, (await PodmanAsync("exec", "one", "sh", "-c", "exit 4")).ExitCode);
            Assert.Equal("5\n", (await PodmanAsync("exec", "--user", "5", "one", "id", "-u")).Succeeded());
            (await PodmanAsync("stop", "--time", "10", "one")).Succeeded();
            Assert.Equal("exited 3\n", (await PodmanAsync("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "one")).Succeeded());
            Assert.Equal("started\n", (await PodmanAsync("logs", "one")).Succeeded());
        }
        finally
        {
            await PodmanAsync("rm", "--all", "--force", "--time", "0");
            // The process that keeps podman's namespaces.
            await PodmanAsync("system", "migrate");
        }

        Task<ToolRunner.Result> PodmanAsync(params string[] words) => ToolRunner.RunAsync("setpriv",
        [
            "--reuid", $"{user.Uid}", "--regid", $"{user.Uid}", "--clear-groups", "env", "--chdir", folder.Path, "HOME=" + folder["home"], "XDG_RUNTIME_DIR=" + folder["home"],
            "CONTAINERS_CONF=" + folder["containers.conf"], "CONTAINERS_STORAGE_CONF=" + folder["storage.conf"], "podman", "--runtime", folder["runtime"], .. words,
        ]);
    }
}
