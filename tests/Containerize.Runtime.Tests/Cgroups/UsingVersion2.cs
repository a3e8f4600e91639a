using System.Diagnostics;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

[Collection(Collections.ControllersOfVersion2)]
public class UsingVersion2
{
    [SkippableFact]
    public void AProcessJoinsAndTheStatesPathOpensItAgain()
    {
        using var real = RealCgroup.OnVersion2();
        var pid = real.StartProcess();
        Assert.Equal(real.Path, CgroupMembership.Parse(File.ReadAllText($"/proc/{pid}/cgroup"))[""]);
        Assert.Equal("", Assert.Single(real.Cgroup.Paths).Key);
        using var again = Cgroup.Open(real.Cgroup.Paths);
        Assert.Equal([pid], again.Processes());
        Assert.True(again.IsUnified);
        Assert.Equal(real.Cgroup.Paths[""], new FileInfo($"/proc/self/fd/{again.Birthplace!.Number}").LinkTarget);
    }

    [SkippableFact]
    public void FrozenProcessesStandUntilTheyAreThawed()
    {
        using var real = RealCgroup.OnVersion2();
        real.StartProcess();
        real.Cgroup.Freeze();
        Assert.True(real.Cgroup.IsFrozen);
        Assert.Contains("frozen 1", real.Read("", "cgroup.events"), StringComparison.Ordinal);
        real.Cgroup.Thaw();
        Assert.False(real.Cgroup.IsFrozen);
    }

    [SkippableFact]
    public void KillingReachesFrozenProcessesAndThoseInCgroupsBelow()
    {
        using var real = RealCgroup.OnVersion2();
        var first = real.StartProcess();
        var below = real.StartOutside();
        Directory.CreateDirectory($"{real.Cgroup.Paths[""]}/below/deeper");
        File.WriteAllText($"{real.Cgroup.Paths[""]}/below/deeper/cgroup.procs", $"{below}");
        Assert.Equal([first, below], real.Cgroup.Processes().Order());
        real.Cgroup.Freeze();
        real.Cgroup.KillAll();
        Assert.True(real.HasEnded(first) && real.HasEnded(below));
        real.Cgroup.Remove();
        Assert.False(Directory.Exists(real.Cgroup.Paths[""]));
        real.Cgroup.Remove();
    }

    [SkippableFact]
    public void AnotherSignalReachesAllToo()
    {
        using var real = RealCgroup.OnVersion2();
        var pid = real.StartProcess();
        real.Cgroup.SignalAll(15);
        Assert.True(real.HasEnded(pid));
        Assert.False(real.Cgroup.IsFrozen);
    }

    [SkippableFact]
    public void ASignalThatDoesNotKillLeavesThemFrozen()
    {
        using var real = RealCgroup.OnVersion2();
        var pid = real.StartProcess();
        real.Cgroup.Freeze();
        real.Cgroup.SignalAll(15);
        Assert.True(real.Cgroup.IsFrozen);
        real.Cgroup.Thaw();
        Assert.True(real.HasEnded(pid));
    }

    [SkippableFact]
    public void UseAndFreezingAreFound()
    {
        using var real = RealCgroup.OnVersion2();
        var hierarchies = new CgroupHierarchies([CgroupHierarchies.Find().All.Single(h => h.Version == CgroupVersion.Two)]);
        real.Cgroup.Freeze();
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(hierarchies, CgroupPath.Of(real.Path, ""), null, rootless: false));
        Assert.Contains("cgroup unexpectedly frozen", e.Message, StringComparison.Ordinal);
        real.Cgroup.Thaw();
        real.StartProcess();
        e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(hierarchies, CgroupPath.Of(real.Path, ""), null, rootless: false));
        Assert.Contains("cgroup is not empty", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ACgroupBelowAFrozenOneIsRefusedAndGone()
    {
        using var real = RealCgroup.OnVersion2();
        var hierarchies = new CgroupHierarchies([CgroupHierarchies.Find().All.Single(h => h.Version == CgroupVersion.Two)]);
        real.Cgroup.Freeze();
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(hierarchies, CgroupPath.Of($"{real.Path}/a/b", ""), null, rootless: false));
        Assert.Contains("the cgroup above it is frozen", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"{real.Cgroup.Paths[""]}/a"));
    }

    [SkippableFact]
    public void AProcessOfExecIsBesideTheFirstWhereTheContainerHasMovedIt()
    {
        // A container that manages cgroups moves its processes into one below, and then its own takes none.
        using var real = RealCgroup.OnVersion2();
        Skip.IfNot(CgroupHierarchies.Find().IsUnified, "the host has cgroup version 1 too, where no container manages version 2");
        Skip.IfNot(real.Read("", "cgroup.controllers").Length > 0, "version 2 has no controller here");
        var init = real.StartProcess();
        Directory.CreateDirectory($"{real.Cgroup.Paths[""]}/init");
        File.WriteAllText($"{real.Cgroup.Paths[""]}/init/cgroup.procs", $"{init}");
        File.WriteAllText($"{real.Cgroup.Paths[""]}/cgroup.subtree_control", $"+{real.Read("", "cgroup.controllers").Split(' ')[0]}");
        var pid = real.StartOutside();
        real.Cgroup.Join(pid, init);
        Assert.Equal($"{real.Path}/init", CgroupMembership.Parse(File.ReadAllText($"/proc/{pid}/cgroup"))[""]);
    }

    [SkippableFact]
    public void LimitsAreReadBackAsTheyWereSet()
    {
        var limits = new ResourcesSpec
        {
            Memory = new() { Limit = 64 << 20, Swap = 64 << 20, Reservation = 32 << 20 },
            Cpu = new() { Shares = 1024, Quota = 50_000, Period = 200_000, Burst = 10_000, Cpus = "0", Mems = "0" },
            Pids = new() { Limit = 42 },
            Unified = new Dictionary<string, string> { ["memory.high"] = "50331648" },
        };
        using var real = RealCgroup.OnVersion2(limits);
        RequireControllers(real, "memory", "cpu", "cpuset", "pids");
        real.Cgroup.Apply(limits, null, rootless: false);
        Assert.Equal("max", real.Read("", "pids.max"));
        real.Cgroup.ApplyProcessLimit(limits);
        Assert.Equal(
            "67108864 33554432 50331648 100 50000 200000 10000 0 0 42",
            string.Join(' ',
                real.Read("", "memory.max"), real.Read("", "memory.low"), real.Read("", "memory.high"), real.Read("", "cpu.weight"), real.Read("", "cpu.max"),
                real.Read("", "cpu.max.burst"), real.Read("", "cpuset.cpus"), real.Read("", "cpuset.mems"), real.Read("", "pids.max")));
    }

    [SkippableFact]
    public void AnUpdateKeepsTheRestAndARefusedOneChangesNothing()
    {
        using var real = RealCgroup.OnVersion2();
        RequireControllers(real, "memory", "cpu");
        var applied = real.Cgroup.Update(null, new() { Memory = new() { Limit = 64 << 20 }, Cpu = new() { Quota = 20_000, Period = 50_000 } });
        applied = real.Cgroup.Update(applied, new() { Cpu = new() { Quota = 30_000 } });
        Assert.Equal("30000 50000", real.Read("", "cpu.max"));
        Assert.Throws<ContainerizeException>(() => real.Cgroup.Update(applied, new() { Memory = new() { Limit = 128 << 20 }, Cpu = new() { Quota = 1 } }));
        Assert.Equal($"{64 << 20} 30000 50000", $"{real.Read("", "memory.max")} {real.Read("", "cpu.max")}");
        real.Cgroup.Update(applied, new() { Memory = new() { Limit = -1 }, Cpu = new() { Idle = 1 } });
        Assert.Equal("max 1", $"{real.Read("", "memory.max")} {real.Read("", "cpu.idle")}");
    }

    [SkippableFact]
    public void AnUpdateBelowWhatIsInUseIsRefused()
    {
        using var real = RealCgroup.OnVersion2();
        RequireControllers(real, "memory");
        real.StartProcessThatUsesMemory();
        real.Cgroup.Apply(new() { Memory = new() { Limit = 1 << 30 } }, null, rootless: false);
        var e = Assert.Throws<ContainerizeException>(() => real.Cgroup.Update(null, new() { Memory = new() { Limit = 4096, CheckBeforeUpdate = true } }));
        Assert.StartsWith($"setting memory.limit to 4096: {real.Cgroup.Paths[""]} has ", e.Message, StringComparison.Ordinal);
        Assert.Equal($"{1 << 30}", real.Read("", "memory.max"));
        real.Cgroup.Update(null, new() { Memory = new() { Limit = 1 << 29, CheckBeforeUpdate = true } });
        Assert.Equal($"{1 << 29}", real.Read("", "memory.max"));
    }

    [SkippableFact]
    public void HugePagesAreLimitedWithTheControllerEnabledOnTheWay()
    {
        using var real = RealCgroup.OnVersion2();
        RequireControllers(real, "hugetlb");
        real.Cgroup.Apply(new() { HugepageLimits = [new() { PageSize = "2MB", Limit = 4 << 20 }] }, null, rootless: false);
        Assert.Equal($"{4 << 20}", real.Read("", "hugetlb.2MB.max"));
        Assert.Equal($"{4 << 20}", real.Read("", "hugetlb.2MB.rsvd.max"));
        real.Cgroup.Apply(new() { Unified = new Dictionary<string, string> { ["hugetlb.2MB.max"] = "max" } }, null, rootless: false);
        Assert.Equal("max", real.Read("", "hugetlb.2MB.max"));
    }

    [SkippableFact]
    public void AMissingControllerIsNamed()
    {
        using var real = RealCgroup.OnVersion2();
        var e = Assert.Throws<ContainerizeException>(() => real.Cgroup.Apply(new() { Unified = new Dictionary<string, string> { ["none.max"] = "1" } }, null, rootless: false));
        Assert.Equal($"writing 1 to {real.Cgroup.Paths[""]}/none.max: the controller none is not available there.", e.Message);
    }

    [SkippableFact]
    public void RulesOnDevicesHoldAndAreReplaced()
    {
        using var real = RealCgroup.OnVersion2();
        using var directory = CgroupDirectory.TryOpen(real.Cgroup.Paths[""], [""], CgroupVersion.Two, out _)!;
        Assert.True(CanRead(real, "/dev/zero"));

        DeviceRule none = new() { Access = "rwm" };
        real.Cgroup.Apply(null, DevicePolicy.Of([none]), rootless: false);
        Assert.Single(DeviceFilter.Attached(directory));
        Assert.True(CanRead(real, "/dev/zero"));

        real.Cgroup.Apply(null, new DevicePolicy([new(false, 'a', -1, -1, DeviceAccess.All), new(true, 'c', 1, 3, DeviceAccess.All)]), rootless: false);
        Assert.Single(DeviceFilter.Attached(directory));
        Assert.False(CanRead(real, "/dev/zero"));
        Assert.True(CanRead(real, "/dev/null"));

        real.Cgroup.Apply(null, new DevicePolicy([new(true, 'a', -1, -1, DeviceAccess.All), new(false, 'c', 1, 5, DeviceAccess.Write)]), rootless: false);
        Assert.True(CanRead(real, "/dev/zero"));
        Assert.Single(DeviceFilter.Attached(directory));
    }

    [SkippableFact]
    public void ItIsGivenToTheContainersRoot()
    {
        using var real = RealCgroup.OnVersion2();
        real.Cgroup.GiveTo(4711);
        Assert.Equal("4711 0", Owner(real.Cgroup.Paths[""]));
        Assert.Equal("4711 0", Owner($"{real.Cgroup.Paths[""]}/cgroup.procs"));
        Assert.Equal("0 0", Owner($"{real.Cgroup.Paths[""]}/cgroup.max.depth"));
    }

    [SkippableFact]
    public void WithoutTheKernelsListThreeFilesAreGiven()
    {
        using var real = RealCgroup.OnVersion2();
        using var directory = CgroupDirectory.TryOpen(real.Cgroup.Paths[""], [""], CgroupVersion.Two, out _)!;
        CgroupDelegation.Give(directory, 4711, "/sys/kernel/cgroup/nothing-of-this-name");
        Assert.Equal("4711 0", Owner(real.Cgroup.Paths[""]));
        var given = Directory.GetFiles(real.Cgroup.Paths[""]).Where(file => Owner(file) == "4711 0").Select(file => Path.GetFileName(file));
        Assert.Equal(["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"], given.Order(StringComparer.Ordinal));
    }

    private static void RequireControllers(RealCgroup real, params string[] names)
    {
        var missing = names.Except(real.Read("", "cgroup.controllers").Split(' ')).ToArray();
        Skip.If(missing.Length > 0, $"version 2 has not these controllers here: {string.Join(", ", missing)}");
    }

    private static string Owner(string path) => Run("stat", "-c", "%u %g", path).Output;

    private static bool CanRead(RealCgroup real, string device) =>
        Run("sh", "-c", $"echo $$ > {real.Cgroup.Paths[""]}/cgroup.procs && exec dd if={device} of=/dev/null count=1 2>&1").ExitCode == 0;

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().TrimEnd('\n');
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
