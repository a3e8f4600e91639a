using Containerize.Runtime.Tests.LifeCycle;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

/// <summary>A plain user's containers where there is cgroup version 2 alone, with a cgroup that root has delegated to that user, and without.</summary>
public class LivingOnVersion2AsAPlainUser
{
    [SkippableTheory]
    [InlineData("")]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task InADelegatedCgroupLimitsHold(string runtime)
    {
        using var bundle = await LivingOnVersion2.CreateAsync(runtime, """{"memory":{"limit":33554432,"swap":33554432},"pids":{"limit":24}}""");
        var user = PlainUser.Find();
        user.Map(bundle);
        await user.GiveAsync(bundle);
        using var delegated = new DelegatedCgroup(user.Uid);
        var id = LifeBundle.NewId();
        // crun puts a container into the user's own cgroup, where there is no place for it, unless it is told.
        bundle.Set("/linux/cgroupsPath", $"\"{delegated.Name}/{id}\"");
        Task<ToolRunner.Result> CallAsync(params string[] words) =>
            bundle.CallInShellAsync($"echo $$ > {delegated.Processes} && exec {user.Prefix} env XDG_RUNTIME_DIR={bundle["state"]} ./runtime --root {bundle.Root} \"$@\"", words);
        try
        {
            (await CallAsync("create", id)).Succeeded();
            (await CallAsync("start", id)).Succeeded();
            var cgroup = $"/sys/fs/cgroup{delegated.Name}/{id}";
            Assert.Equal("33554432 0 24", LivingOnVersion2.Read(cgroup, "memory.max", "memory.swap.max", "pids.max"));
            Assert.Equal(137, (await CallAsync("exec", id, "/bin/busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1")).ExitCode);
            (await CallAsync("update", "--pids-limit", "30", id)).Succeeded();
            Assert.Equal("30", LivingOnVersion2.Read(cgroup, "pids.max"));
            (await CallAsync("pause", id)).Succeeded();
            await LifeBundle.WaitAsync(() => Task.FromResult(LivingOnVersion2.Read(cgroup, "cgroup.events").Contains("frozen 1", StringComparison.Ordinal)), "it is not frozen");
            (await CallAsync("resume", id)).Succeeded();
            (await CallAsync("kill", id, "KILL")).Succeeded();
            await LifeBundle.WaitAsync(async () => (await CallAsync("delete", id)).ExitCode == 0, "it does not end");
            Assert.False(Directory.Exists(cgroup));
        }
        finally
        {
            await CallAsync("delete", "--force", id);
        }
    }

    // Without cgroupsPath a container has its cgroup beside that of the runtime, which is delegated too.
    [SkippableFact]
    public async Task WithoutAPathItIsBesideTheRuntimes()
    {
        using var bundle = await LivingOnVersion2.CreateAsync("", """{"pids":{"limit":24}}""");
        var user = PlainUser.Find();
        user.Map(bundle);
        bundle.Script("cat /proc/self/cgroup /sys/fs/cgroup/pids.max");
        await user.GiveAsync(bundle);
        using var delegated = new DelegatedCgroup(user.Uid);
        var id = LifeBundle.NewId();
        var result = await bundle.CallInShellAsync($"echo $$ > {delegated.Processes} && exec {user.Prefix} ./runtime --root {bundle.Root} run --pid-file pid {id}");
        Assert.Equal(new ToolRunner.Result(0, "0::/\n24\n", ""), result);
        Assert.Equal([Path.GetFileName(Path.GetDirectoryName(delegated.Processes))!], delegated.Below());
    }

    [SkippableFact]
    public async Task WithoutOneThereAreContainersAndNoLimits()
    {
        using var bundle = await LivingOnVersion2.CreateAsync("", "{}");
        var user = PlainUser.Find();
        user.Map(bundle);
        bundle.Program("/bin/busybox", "true");
        await user.GiveAsync(bundle);
        Assert.Equal(new ToolRunner.Result(0, "", ""), await RunAsync());
        bundle.Set("/linux/resources/pids", """{"limit":24}""");
        var refused = await RunAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Have a cgroup delegated to this user, or leave the limits out.", refused.Errors, StringComparison.Ordinal);

        Task<ToolRunner.Result> RunAsync() => bundle.CallInShellAsync($"exec {user.Prefix} ./runtime --root {bundle.Root} run {LifeBundle.NewId()}");
    }

    /// <summary>A cgroup that is given to a user, with one in it for the user's own processes.</summary>
    private sealed class DelegatedCgroup : IDisposable
    {
        private readonly string _path;

        public DelegatedCgroup(int uid)
        {
            Name = $"/containerize-test-{Guid.NewGuid():N}";
            _path = "/sys/fs/cgroup" + Name;
            File.WriteAllText("/sys/fs/cgroup/cgroup.subtree_control", "+memory +pids +cpu +io +cpuset");
            Directory.CreateDirectory(_path + "/user");
            var given = File.ReadAllLines("/sys/kernel/cgroup/delegate").Select(file => $"{_path}/{file}").Where(File.Exists);
            ToolRunner.RunAsync("chown", ["-R", $"{uid}", _path + "/user"]).GetAwaiter().GetResult().Succeeded();
            ToolRunner.RunAsync("chown", [$"{uid}", _path, .. given]).GetAwaiter().GetResult().Succeeded();
        }

        /// <summary>Its path in the hierarchy.</summary>
        public string Name { get; }

        /// <summary>The file that takes the user's processes.</summary>
        public string Processes => _path + "/user/cgroup.procs";

        /// <summary>The cgroups below it.</summary>
        public IEnumerable<string> Below() => Directory.GetDirectories(_path).Select(path => Path.GetFileName(path));

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (var below in Directory.GetDirectories(_path))
            {
                Directory.Delete(below);
            }

            Directory.Delete(_path);
        }
    }
}
