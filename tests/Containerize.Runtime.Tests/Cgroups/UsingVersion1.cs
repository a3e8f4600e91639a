using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class UsingVersion1
{
    private static readonly ResourcesSpec Limits = new()
    {
        Memory = new() { Limit = 64 << 20, Swap = 96 << 20, Reservation = 32 << 20, Swappiness = 10, DisableOomKiller = true },
        Cpu = new() { Shares = 512, Quota = 50_000, Period = 200_000, Burst = 10_000, Cpus = "0", Mems = "0" },
        Pids = new() { Limit = 42 },
    };

    [SkippableFact]
    public void LimitsAreReadBackAsTheyWereSet()
    {
        using var real = RealCgroup.OnVersion1(Limits);
        real.Cgroup.Apply(Limits, null, rootless: false);
        Assert.Equal("max", real.Read("pids", "pids.max"));
        real.Cgroup.ApplyProcessLimit(Limits);
        Assert.Equal(
            "67108864 100663296 33554432 10 oom_kill_disable 1 512 50000 200000 10000 0 0 42",
            string.Join(' ',
                real.Read("memory", "memory.limit_in_bytes"), real.Read("memory", "memory.memsw.limit_in_bytes"),
                real.Read("memory", "memory.soft_limit_in_bytes"), real.Read("memory", "memory.swappiness"), real.Read("memory", "memory.oom_control").Split('\n')[0],
                real.Read("cpu", "cpu.shares"), real.Read("cpu", "cpu.cfs_quota_us"), real.Read("cpu", "cpu.cfs_period_us"), real.Read("cpu", "cpu.cfs_burst_us"),
                real.Read("cpuset", "cpuset.cpus"), real.Read("cpuset", "cpuset.mems"), real.Read("pids", "pids.max")));
    }

    [SkippableFact]
    public void AProcessIsInEveryHierarchy()
    {
        using var real = RealCgroup.OnVersion1();
        var pid = real.StartProcess();
        var membership = CgroupMembership.Parse(File.ReadAllText($"/proc/{pid}/cgroup"));
        Assert.All(real.Cgroup.Paths.Keys, controller => Assert.Equal(real.Path, membership[controller]));
        Assert.Equal([pid], real.Cgroup.Processes());
    }

    [SkippableFact]
    public void AThreadEntersEveryHierarchyByItself()
    {
        using var real = RealCgroup.OnVersion1();
        var membership = "";
        var thread = new Thread(() =>
        {
            using var entrance = real.Cgroup.OpenEntrance();
            entrance.Enter();
            membership = File.ReadAllText("/proc/thread-self/cgroup");
        });
        thread.Start();
        thread.Join();
        var entered = CgroupMembership.Parse(membership);
        Assert.All(real.Cgroup.Paths.Keys.Where(c => c.Length > 0), controller => Assert.Equal(real.Path, entered[controller]));
    }

    [SkippableFact]
    public void OfAThreadThatItDoesNotTakeTheCgroupIsNamed()
    {
        using var real = RealCgroup.OnVersion1();
        Skip.If(!real.Cgroup.Paths.ContainsKey("pids"), "the pids controller of cgroup version 1 is not mounted");
        var gone = new CgroupEntrance([FileSystem.Open(Descriptor.WorkingDirectory, $"{real.Cgroup.Paths["pids"]}/tasks", OpenFlags.ReadOnly)], ["/pids/one"]);
        var e = Assert.Throws<ContainerizeException>(gone.Enter);
        gone.Dispose();
        Assert.Equal(CgroupError.Joining, e.Number);
        Assert.Contains("/pids/one: ", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void TheStatesPathsOpenItAgain()
    {
        using var real = RealCgroup.OnVersion1();
        var pid = real.StartProcess();
        using var again = Cgroup.Open(real.Cgroup.Paths);
        Assert.Equal(real.Cgroup.Paths, again.Paths);
        Assert.Equal([pid], again.Processes());
        Assert.True(again.Exists);
    }

    [SkippableFact]
    public void FrozenProcessesStandUntilTheyAreThawed()
    {
        using var real = RealCgroup.OnVersion1();
        real.StartProcess();
        Assert.False(real.Cgroup.IsFrozen);
        real.Cgroup.Freeze();
        Assert.True(real.Cgroup.IsFrozen);
        real.Cgroup.Thaw();
        Assert.False(real.Cgroup.IsFrozen);
    }

    [SkippableFact]
    public void KillingReachesFrozenProcessesAndThoseInCgroupsBelow()
    {
        using var real = RealCgroup.OnVersion1();
        var first = real.StartProcess();
        var below = real.StartProcess();
        foreach (var path in real.Cgroup.Paths.Values.Distinct().Where(p => !File.Exists($"{p}/cpuset.cpus")))
        {
            Directory.CreateDirectory($"{path}/below");
            File.WriteAllText($"{path}/below/cgroup.procs", $"{below}");
        }

        real.Cgroup.Freeze();
        Assert.Equal([first, below], real.Cgroup.Processes().Order());
        real.Cgroup.KillAll();
        Assert.True(real.HasEnded(first) && real.HasEnded(below));
        real.Cgroup.Remove();
        Assert.All(real.Cgroup.Paths.Values, path => Assert.False(Directory.Exists(path)));
    }

    [SkippableFact]
    public void RemovingSaysWhenProcessesAreInItAfterAWhile()
    {
        using var real = RealCgroup.OnVersion1();
        real.StartProcess();
        var started = Environment.TickCount64;
        var e = Assert.Throws<ContainerizeException>(real.Cgroup.Remove);
        Assert.Equal(CgroupError.Removing, e.Number);
        Assert.EndsWith("/inner: device or resource busy. Processes are still in it; end them first.", e.Message, StringComparison.Ordinal);
        Assert.InRange(Environment.TickCount64 - started, 1500, 5000);
    }

    [SkippableFact]
    public void TakingItBackLeavesNothing()
    {
        using var real = RealCgroup.OnVersion1();
        Assert.NotEmpty(real.Remains());
        real.Cgroup.Undo();
        Assert.Empty(real.Remains());
    }

    [SkippableFact]
    public void ACgroupWithProcessesIsRefusedAndStays()
    {
        using var real = RealCgroup.OnVersion1();
        real.StartProcess();
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(CgroupHierarchies.Find(), CgroupPath.Of(real.Path, ""), null, rootless: false));
        Assert.Contains("cgroup is not empty: 1 process(es) found", e.Message, StringComparison.Ordinal);
        Assert.Single(real.Cgroup.Processes());
    }

    [SkippableFact]
    public void AFrozenCgroupIsRefused()
    {
        using var real = RealCgroup.OnVersion1();
        real.Cgroup.Freeze();
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(CgroupHierarchies.Find(), CgroupPath.Of(real.Path, ""), null, rootless: false));
        Assert.Contains("cgroup unexpectedly frozen", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(CgroupHierarchies.Find(), CgroupPath.Of($"{real.Path}/below", ""), null, rootless: false));
        Assert.Contains("the cgroup above it is frozen", e.Message, StringComparison.Ordinal);
        Assert.All(real.Cgroup.Paths.Values, path => Assert.False(Directory.Exists($"{path}/below")));
    }

    [SkippableFact]
    public void DevicesAreAsTheRulesSay()
    {
        using var real = RealCgroup.OnVersion1();
        real.Cgroup.Apply(null, DevicePolicy.Of([new() { Access = "rwm" }, new() { Allow = true, Type = "b", Major = 7, Minor = 1, Access = "rw" }]), rootless: false);
        Assert.Equal(
            "b *:* m\nc *:* m\nc 1:3 rwm\nc 1:5 rwm\nc 1:7 rwm\nc 1:8 rwm\nc 1:9 rwm\nc 5:0 rwm\nc 5:2 rwm\nb 7:1 rw\nc 10:200 rwm\nc 136:* rwm",
            real.Read("devices", "devices.list"));
    }

    [SkippableFact]
    public void AnUpdateRaisesAndLowersMemoryWithItsSwap()
    {
        using var real = RealCgroup.OnVersion1();
        real.StartProcess();
        ResourcesSpec? applied = null;
        foreach (var (limit, swap) in ((long, long)[])[(64 << 20, 96 << 20), (128 << 20, 256 << 20), (32 << 20, 32 << 20), (-1, 0), (64 << 20, 64 << 20)])
        {
            applied = real.Cgroup.Update(applied, new() { Memory = new() { Limit = limit, Swap = swap } });
            var read = real.Read("memory", "memory.limit_in_bytes");
            Assert.Equal(limit < 0 ? "9223372036854771712" : $"{limit}", read);
            Assert.Equal(limit < 0 ? read : $"{swap}", real.Read("memory", "memory.memsw.limit_in_bytes"));
        }
    }

    [SkippableFact]
    public void ARefusedUpdateSaysWhyAndPutsTheOldLimitsBack()
    {
        using var real = RealCgroup.OnVersion1();
        real.StartProcess();
        var applied = real.Cgroup.Update(null, new() { Memory = new() { Limit = 64 << 20 }, Pids = new() { Limit = 5 } });
        var e = Assert.Throws<ContainerizeException>(() =>
            real.Cgroup.Update(applied, new() { Memory = new() { Limit = 128 << 20 }, Cpu = new() { Quota = 7 } }));
        Assert.Equal($"writing 7 to {real.Cgroup.Paths["cpu"]}/cpu.cfs_quota_us: invalid argument (errno 22).", e.Message);
        Assert.Equal($"{64 << 20}", real.Read("memory", "memory.limit_in_bytes"));
    }

    [SkippableFact]
    public void AnUpdateBelowWhatIsInUseIsRefused()
    {
        using var real = RealCgroup.OnVersion1();
        real.StartProcessThatUsesMemory();
        var e = Assert.Throws<ContainerizeException>(() =>
            real.Cgroup.Update(null, new() { Memory = new() { Limit = 1, CheckBeforeUpdate = true } }));
        Assert.Equal(CgroupError.Limit, e.Number);
        Assert.Contains("bytes in use", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void SharesOutOfRangeAreRefused()
    {
        using var real = RealCgroup.OnVersion1();
        var e = Assert.Throws<ContainerizeException>(() => real.Cgroup.Apply(new() { Cpu = new() { Shares = 1_000_000 } }, null, rootless: false));
        Assert.EndsWith("the kernel made it 262144, the nearest value it allows.", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ALimitOfAMissingControllerIsRefused()
    {
        using var real = RealCgroup.OnVersion1();
        Skip.If(real.Cgroup.Paths.ContainsKey("rdma"), "the host has the rdma controller of version 1");
        var limits = new ResourcesSpec { Rdma = new Dictionary<string, RdmaLimit> { ["x"] = new() { HcaHandles = 1 } } };
        var e = Assert.Throws<ContainerizeException>(() => real.Cgroup.Apply(limits, null, rootless: false));
        Assert.StartsWith("setting rdma.max to x hca_handle=1: cannot set rdma limit: container could not join or create cgroup.", e.Message, StringComparison.Ordinal);
    }
}
