using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Engines;

/// <summary>podman with our runtime in place of its own, below folders of the test's own.</summary>
public class UnderPodman
{
    private delegate Task<ToolRunner.Result> Podman(params string[] words);

    [SkippableFact]
    public async Task TheLifeOfAContainer()
    {
        using var folder = new TemporaryFolder();
        var podman = await PrepareAsync(folder);
        try
        {
            Assert.Equal(7, (await podman("run", "--rm", "--network", "none", "test", "sh", "-c", "exit 7")).ExitCode);
            Assert.Equal("hello\n", (await podman("run", "--rm", "--network", "none", "--user", "7:8", "test", "echo", "hello")).Succeeded());

            var script = "echo started; trap 'exit 3' TERM; while :; do sleep 0.1; done";
            (await podman("run", "--detach", "--name", "one", "--network", "none", "--memory", "64m", "--pids-limit", "40", "test", "sh", "-c", script)).Succeeded();
            Assert.Equal((await PublishedRuntime.PathAsync) + "\n", (await podman("inspect", "--format", "{{.OCIRuntime}}", "one")).Succeeded());
            Assert.Equal(4, (await podman("exec", "one", "sh", "-c", "exit 4")).ExitCode);
            Assert.Equal("5 b /tmp\n", (await podman("exec", "--user", "5", "--env", "A=b", "--workdir", "/tmp", "one", "sh", "-c", "echo $(id -u) $A $(pwd)")).Succeeded());
            Assert.Equal("67108864 40\n", (await podman("exec", "one", "sh", "-c",
                "cd /sys/fs/cgroup; echo $(cat memory/memory.limit_in_bytes pids/pids.max 2>/dev/null || cat memory.max pids.max)")).Succeeded());
            (await podman("pause", "one")).Succeeded();
            Assert.Equal("paused\n", (await podman("inspect", "--format", "{{.State.Status}}", "one")).Succeeded());
            (await podman("unpause", "one")).Succeeded();
            (await podman("stop", "--time", "10", "one")).Succeeded();
            Assert.Equal("exited 3\n", (await podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "one")).Succeeded());
            Assert.Equal("started\n", (await podman("logs", "one")).Succeeded());
            (await podman("start", "one")).Succeeded();
            (await podman("kill", "one")).Succeeded();
            (await podman("rm", "--force", "one")).Succeeded();

            var failed = await podman("run", "--rm", "--network", "none", "test", "/nothing");
            Assert.Equal(127, failed.ExitCode);
            Assert.Contains("/nothing", failed.Errors, StringComparison.Ordinal);
            Assert.Equal("", (await podman("ps", "--all", "--quiet")).Succeeded());
        }
        finally
        {
            await podman("rm", "--all", "--force", "--time", "0");
            // What podman leaves mounted.
            await ToolRunner.RunAsync("umount", "-R", folder["storage"]);
        }
    }

    private static async Task<Podman> PrepareAsync(TemporaryFolder folder)
    {
        ToolRunner.Require("podman");
        ToolRunner.Require("busybox");
        Skip.IfNot(Environment.UserName == "root", "only root keeps images below any folder");
        // A hard limit that is above ours is only for those with CAP_SYS_RESOURCE.
        folder.Write("containers.conf", """
            [containers]
            default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
            [engine]
            cgroup_manager="cgroupfs"
            events_logger="file"

            """);
        folder.Write("policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}""");
        BusyboxRoot.Make(folder.Folder("root"));
        (await ToolRunner.RunAsync("tar", "-C", folder["root"], "-cf", folder["root.tar"], ".")).Succeeded();
        var runtime = await PublishedRuntime.PathAsync;
        var environment = new Dictionary<string, string> { ["CONTAINERS_CONF"] = folder["containers.conf"] };
        Task<ToolRunner.Result> CallAsync(params string[] words) => ToolRunner.RunWithAsync("podman",
            ["--root", folder["storage"], "--runroot", folder["run"], "--tmpdir", folder["tmp"], "--storage-driver", "vfs", "--runtime", runtime, .. words], environment);
        (await CallAsync("import", folder["root.tar"], "test")).Succeeded();
        return CallAsync;
    }
}
