using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Tests.LifeCycle;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Engines;

/// <summary>containerd, started by the test, and its shim calling our runtime.</summary>
public class UnderContainerd
{
    [SkippableFact]
    public Task TheLifeOfAContainer()
    {
        Require();
        return LiveAsync(0, ["--memory-limit", "67108864"], async ctr =>
        {
            var pid = (await ctr(["task", "ls"])).Succeeded().Split('\n').Single(line => line.StartsWith("two ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            var cgroups = CgroupMembership.Parse(await File.ReadAllTextAsync($"/proc/{pid}/cgroup"));
            var limit = cgroups.TryGetValue("memory", out var path) ? $"/sys/fs/cgroup/memory{path}/memory.limit_in_bytes" : $"/sys/fs/cgroup{cgroups[""]}/memory.max";
            Assert.Equal("67108864\n", await File.ReadAllTextAsync(limit));
            (await ctr(["task", "ps", "two"])).Succeeded();
            (await ctr(["task", "pause", "two"])).Succeeded();
            Assert.Contains("PAUSED", (await ctr(["task", "ls"])).Succeeded(), StringComparison.Ordinal);
            (await ctr(["task", "resume", "two"])).Succeeded();
            Assert.Contains("RUNNING", (await ctr(["task", "ls"])).Succeeded(), StringComparison.Ordinal);
        });
    }

    // It has no cgroup to list, pause or limit a container in.
    [SkippableFact]
    public Task TheLifeOfAPlainUsersContainer()
    {
        Require();
        ToolRunner.Require("nsenter");
        return LiveAsync(PlainUser.Find().Uid, ["--cgroup", "", "--cpu-shares", "0"], _ => Task.CompletedTask);
    }

    private static void Require()
    {
        ToolRunner.Require("containerd");
        ToolRunner.Require("ctr");
        ToolRunner.Require("busybox");
        Skip.IfNot(Environment.UserName == "root", "only root starts containerd, or becomes another user");
    }

    private static async Task LiveAsync(int uid, string[] options, Func<Func<string[], Task<ToolRunner.Result>>, Task> more)
    {
        await using var server = await ContainerdServer.StartAsync(uid, await PublishedRuntime.PathAsync);
        Task<ToolRunner.Result> CtrAsync(params string[] words) => server.CtrAsync(words);
        try
        {
            var run = (string[])["run", "--snapshotter", "native", "--runc-binary", server.Runtime, .. options];
            var ended = await CtrAsync([.. run, "--rm", ContainerdServer.Image, "one", "/bin/sh", "-c", "echo hello; exit 7"]);
            Assert.Equal(new ToolRunner.Result(7, "hello\n", ""), ended);

            (await CtrAsync([.. run, "--detach", ContainerdServer.Image, "two", "/bin/sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done"])).Succeeded();
            var executed = await CtrAsync("task", "exec", "--exec-id", "first", "two", "/bin/sh", "-c", "echo inside; exit 4");
            Assert.Equal((4, "inside\n"), (executed.ExitCode, executed.Output));
            await more(words => CtrAsync(words));
            (await CtrAsync("task", "kill", "--signal", "TERM", "two")).Succeeded();
            await LifeBundle.WaitAsync(async () => (await CtrAsync("task", "ls")).Output.Contains("STOPPED", StringComparison.Ordinal), "it does not stop");
            // Without its trap a first process would not hear of the signal. Some versions end with the task's exit code here.
            await CtrAsync("task", "rm", "two");
            (await CtrAsync("container", "rm", "two")).Succeeded();

            // What the shim read from our log.
            var failed = await CtrAsync([.. run, "--rm", ContainerdServer.Image, "three", "/nothing"]);
            Assert.Equal(1, failed.ExitCode);
            Assert.Contains("exec: \"/nothing\": no such file or directory", failed.Errors, StringComparison.Ordinal);
            Assert.Equal("", (await CtrAsync("container", "ls", "--quiet")).Succeeded());
        }
        finally
        {
            await CtrAsync("task", "rm", "--force", "two");
        }
    }
}
