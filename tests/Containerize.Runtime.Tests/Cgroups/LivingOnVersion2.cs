using System.Diagnostics;
using System.Text.Json.Nodes;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Tests.LifeCycle;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

/// <summary>Containers where there is cgroup version 2 alone: the kernel does what their limits say, with our runtime, and as much with the others.</summary>
/// <remarks>On other machines all are skipped; tests/Containerize.Runtime.Machine/x64.sh has one where they are not.</remarks>
public class LivingOnVersion2
{
    private const string Ours = "";

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task WhoTakesMoreMemoryIsKilled(string runtime)
    {
        using var bundle = await CreateAsync(runtime, """{"memory":{"limit":33554432,"swap":33554432}}""");
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        Assert.Equal("33554432 0", Read(cgroup, "memory.max", "memory.swap.max"));
        Assert.Equal(0, (await bundle.CallAsync("exec", id, "/bin/busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=4M", "count=1")).ExitCode);
        Assert.Equal(137, (await bundle.CallAsync("exec", id, "/bin/busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1")).ExitCode);
        Assert.Contains("oom_kill 1", Read(cgroup, "memory.events"), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task NoMoreProcessesAreForked(string runtime)
    {
        using var bundle = await CreateAsync(runtime, """{"pids":{"limit":24}}""");
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        var result = await bundle.CallAsync("exec", id, "/bin/sh", "-c", "i=0; while [ $i -lt 30 ]; do /bin/busybox sleep 1 & i=$((i+1)); done; wait");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("can't fork", result.Errors, StringComparison.Ordinal);
        Assert.Equal("24", Read(cgroup, "pids.max"));
        Assert.NotEqual("max 0", Read(cgroup, "pids.events"));
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task TheProcessorIsTakenAway(string runtime)
    {
        using var bundle = await CreateAsync(runtime, """{"cpu":{"quota":30000,"period":100000,"cpus":"0"}}""");
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        Assert.Equal("30000 100000 0", Read(cgroup, "cpu.max", "cpuset.cpus.effective"));
        await bundle.CallAsync("exec", id, "/bin/busybox", "timeout", "2", "/bin/sh", "-c", "while :; do :; done");
        var throttled = Read(cgroup, "cpu.stat").Split('\n').Single(line => line.StartsWith("nr_throttled ", StringComparison.Ordinal)).Split(' ')[1];
        Assert.InRange(int.Parse(throttled), 5, int.MaxValue);
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task ADiskIsReadAsSlowlyAsTheLimitSays(string runtime)
    {
        var (node, major, minor) = Disk();
        using var bundle = await CreateAsync(runtime, $$$"""
            {"blockIO":{"throttleReadBpsDevice":[{"major":{{{major}}},"minor":{{{minor}}},"rate":1048576}]},
            "devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"b","major":{{{major}}},"minor":{{{minor}}},"access":"r"}]}
            """);
        bundle.Set("/linux/devices", $$"""[{"path":"{{node}}","type":"b","major":{{major}},"minor":{{minor}},"fileMode":438,"uid":0,"gid":0}]""");
        var id = await bundle.StartContainerAsync();
        Assert.Equal($"{major}:{minor} rbps=1048576 wbps=max riops=max wiops=max", Read(await CgroupAsync(bundle, id), "io.max"));
        var clock = Stopwatch.StartNew();
        (await bundle.CallAsync("exec", id, "/bin/busybox", "dd", "if=" + node, "of=/dev/null", "bs=1M", "count=6", "iflag=direct")).Succeeded();
        Assert.InRange(clock.Elapsed.TotalSeconds, 4, 100);
        var refused = await bundle.CallAsync("exec", id, "/bin/busybox", "dd", "if=/dev/zero", "of=" + node, "bs=1M", "count=1");
        Assert.Contains("Operation not permitted", refused.Errors, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task OnlyAllowedDevicesAreOpened(string runtime)
    {
        using var bundle = await CreateAsync(runtime, """{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":77,"access":"r"}]}""");
        bundle.Allow("CAP_MKNOD");
        var id = await bundle.StartContainerAsync();
        // No driver has these numbers: it is asked after the filter.
        const string Script = "cd /dev; mknod allowed c 10 77; mknod other c 10 78; cat null allowed; cat other; dd if=null of=allowed";
        Assert.Equal(
            "cat: can't open 'allowed': No such device\ncat: can't open 'other': Operation not permitted\ndd: can't open 'allowed': Operation not permitted\n",
            (await bundle.CallAsync("exec", id, "/bin/sh", "-c", Script)).Errors);
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task PausedItStandsStillAndCanBeKilled(string runtime)
    {
        using var bundle = await CreateAsync(runtime, "{}");
        bundle.Set("/root/readonly", "false");
        bundle.Script("while :; do echo >> /beats; /bin/busybox usleep 20000; done");
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        await LifeBundle.WaitAsync(() => Task.FromResult(Beats() > 2), "it does not run");
        (await bundle.CallAsync("pause", id)).Succeeded();
        // crun does not wait for it.
        await LifeBundle.WaitAsync(() => Task.FromResult(Read(cgroup, "cgroup.events").Contains("frozen 1", StringComparison.Ordinal)), "it is not frozen");
        Assert.Equal("paused", await bundle.StatusAsync(id));
        var beats = Beats();
        await Task.Delay(500);
        Assert.Equal(beats, Beats());
        (await bundle.CallAsync("resume", id)).Succeeded();
        await LifeBundle.WaitAsync(() => Task.FromResult(Beats() > beats), "it does not go on");
        (await bundle.CallAsync("pause", id)).Succeeded();
        (await bundle.CallAsync("kill", "--all", id, "KILL")).Succeeded();
        await bundle.AwaitStoppedAsync(id);
        (await bundle.CallAsync("delete", id)).Succeeded();
        Assert.False(Directory.Exists(cgroup));

        long Beats() => File.Exists(bundle["rootfs/beats"]) ? new FileInfo(bundle["rootfs/beats"]).Length : 0;
    }

    // It has no PID namespace, so that the end of its first process is not that of the others.
    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task AllThatExecHasStartedAreInItAndKilledWithIt(string runtime)
    {
        using var bundle = await CreateAsync(runtime, "{}");
        var namespaces = bundle.Spec["linux"]!["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(entry => entry!["type"]!.GetValue<string>() == "pid"));
        bundle.Save();
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        (await bundle.CallAsync("exec", "--detach", "--pid-file", bundle["pid"], id, "/bin/sh", "-c", "/bin/busybox sleep 300 & exec /bin/busybox sleep 300")).Succeeded();
        var executed = await File.ReadAllTextAsync(bundle["pid"]);
        Assert.Equal("0::" + cgroup["/sys/fs/cgroup".Length..], (await File.ReadAllTextAsync($"/proc/{executed}/cgroup")).Trim());
        await LifeBundle.WaitAsync(() => Task.FromResult(Read(cgroup, "cgroup.procs").Split('\n').Length == 3), "there are not three processes");
        (await bundle.CallAsync("kill", "--all", id, "KILL")).Succeeded();
        await LifeBundle.WaitAsync(() => Task.FromResult(Read(cgroup, "cgroup.events").Contains("populated 0", StringComparison.Ordinal)), "some are left");
        (await bundle.CallAsync("delete", id)).Succeeded();
        Assert.False(Directory.Exists(cgroup));
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task AnUpdateChangesWhatItNames(string runtime)
    {
        using var bundle = await CreateAsync(runtime, """{"memory":{"limit":67108864},"pids":{"limit":40},"cpu":{"quota":50000,"period":100000}}""");
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        bundle.Write("change", """{"memory":{"limit":50331648,"reservation":16777216},"cpu":{"quota":20000,"period":100000}}""");
        (await bundle.CallAsync("update", "--resources", bundle["change"], id)).Succeeded();
        Assert.Equal("50331648 16777216 20000 100000 40", Read(cgroup, "memory.max", "memory.low", "cpu.max", "pids.max"));
        (await bundle.CallAsync("update", "--pids-limit", "30", id)).Succeeded();
        Assert.Equal("50331648 20000 100000 30", Read(cgroup, "memory.max", "cpu.max", "pids.max"));
    }

    // runc has it since its version 1.2.
    [SkippableFact]
    public async Task AnUpdateBelowWhatIsInUseIsRefused()
    {
        using var bundle = await CreateAsync(Ours, """{"memory":{"limit":67108864}}""");
        var id = await bundle.StartContainerAsync();
        var cgroup = await CgroupAsync(bundle, id);
        (await bundle.CallAsync("exec", id, "/bin/busybox", "dd", "if=/dev/zero", "of=/dev/shm/file", "bs=1M", "count=20")).Succeeded();
        bundle.Write("change", """{"memory":{"limit":16777216,"checkBeforeUpdate":true}}""");
        var result = await bundle.CallAsync("update", "--resources", bundle["change"], id);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches($"setting memory.limit to 16777216: {cgroup} has [0-9]{{8}} bytes in use", result.Errors);
        Assert.Equal("67108864", Read(cgroup, "memory.max"));
        Assert.Equal("running", await bundle.StatusAsync(id));
    }

    [SkippableTheory]
    [InlineData(Ours)]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task ItSeesItsOwnCgroupAsTheTop(string runtime)
    {
        using var bundle = await CreateAsync(runtime, """{"memory":{"limit":67108864},"unified":{"memory.high":"50331648","pids.max":"33"}}""");
        bundle.Script("cat /proc/self/cgroup; cd /sys/fs/cgroup; cat memory.max memory.high pids.max; mkdir below; echo 5 | dd of=pids.max");
        var result = await bundle.CallAsync("run", LifeBundle.NewId());
        Assert.Equal("0::/\n67108864\n50331648\n33\n", result.Output);
        Assert.Equal("mkdir: can't create directory 'below': Read-only file system\ndd: can't open 'pids.max': Read-only file system\n", result.Errors);
    }

    // runc and crun give it away only through systemd.
    [SkippableFact]
    public async Task ItsUserManagesCgroupsBelowAndNotTheLimits()
    {
        using var bundle = await CreateAsync(Ours, """{"pids":{"limit":33}}""");
        bundle.Set("/process/user", """{"uid":1000,"gid":1000}""");
        foreach (var mount in bundle.Spec["mounts"]!.AsArray().Where(mount => mount!["type"]!.GetValue<string>() == "cgroup"))
        {
            mount!["options"] = new JsonArray("nosuid", "noexec", "nodev");
        }

        bundle.Script("cd /sys/fs/cgroup; mkdir below && echo $$ > below/cgroup.procs && echo +pids > cgroup.subtree_control && cat /proc/self/cgroup below/pids.max; echo 5 | dd of=pids.max");
        var id = LifeBundle.NewId();
        var result = await bundle.CallAsync("run", id);
        Assert.Equal("0::/below\nmax\n", result.Output);
        Assert.Equal("dd: can't open 'pids.max': Permission denied\n", result.Errors);
        Assert.Equal("", bundle.Remains(id));
    }

    /// <summary>A bundle whose container has limits; skips the test where there is not version 2 alone.</summary>
    internal static async Task<LifeBundle> CreateAsync(string runtime, string resources)
    {
        Skip.IfNot(CgroupHierarchies.Find().IsUnified, "the host has cgroup version 1 too");
        if (runtime.Length > 0)
        {
            ToolRunner.Require(runtime);
        }

        var bundle = await LifeBundle.CreateAsync(runtime.Length > 0 ? runtime : null);
        foreach (var (name, value) in JsonNode.Parse(resources)!.AsObject())
        {
            bundle.Set("/linux/resources/" + name, value!.ToJsonString());
        }

        return bundle;
    }

    /// <summary>The directory of a container's cgroup.</summary>
    internal static async Task<string> CgroupAsync(LifeBundle bundle, string id) =>
        "/sys/fs/cgroup" + CgroupMembership.Parse(await File.ReadAllTextAsync($"/proc/{(await bundle.StateAsync(id))["pid"]}/cgroup"))[""];

    /// <summary>Files of a cgroup.</summary>
    internal static string Read(string cgroup, params string[] files) => string.Join(' ', files.Select(file => File.ReadAllText($"{cgroup}/{file}").TrimEnd('\n')));

    private static (string Node, int Major, int Minor) Disk()
    {
        var disk = Directory.GetDirectories("/sys/block").FirstOrDefault(path => Path.GetFileName(path).StartsWith("vd", StringComparison.Ordinal));
        Skip.If(disk is null, "there is no disk of the emulated machine");
        var numbers = File.ReadAllText(disk! + "/dev").Trim().Split(':');
        return ("/dev/" + Path.GetFileName(disk), int.Parse(numbers[0]), int.Parse(numbers[1]));
    }
}
