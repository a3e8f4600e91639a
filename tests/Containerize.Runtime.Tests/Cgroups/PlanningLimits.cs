using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class PlanningLimits
{
    private static readonly ResourcesSpec Everything = new()
    {
        Memory = new()
        {
            Limit = 1000,
            Reservation = 500,
            Swap = 1500,
            Kernel = 7,
            KernelTcp = 8,
            Swappiness = 60,
            DisableOomKiller = true,
            UseHierarchy = true,
        },
        Cpu = new()
        {
            Shares = 1024,
            Quota = 50_000,
            Burst = 10_000,
            Period = 100_000,
            RealtimeRuntime = 950,
            RealtimePeriod = 1000,
            Cpus = "0-1",
            Mems = "0",
            Idle = 0,
        },
        Pids = new() { Limit = 42 },
        BlockIo = new()
        {
            Weight = 500,
            LeafWeight = 300,
            WeightDevice = [new() { Major = 8, Minor = 0, Weight = 600, LeafWeight = 400 }, new() { Major = 8, Minor = 16 }],
            ThrottleReadBpsDevice = [new() { Major = 8, Minor = 0, Rate = 1 }],
            ThrottleWriteBpsDevice = [new() { Major = 8, Minor = 0, Rate = 2 }],
            ThrottleReadIopsDevice = [new() { Major = 8, Minor = 0, Rate = 3 }],
            ThrottleWriteIopsDevice = [new() { Major = 8, Minor = 0, Rate = ulong.MaxValue }],
        },
        HugepageLimits = [new() { PageSize = "2MB", Limit = 4096 }, new() { PageSize = "1GB", Limit = 0 }],
        Network = new() { ClassId = 0x100001, Priorities = [new() { Name = "eth0", Priority = 5 }] },
        Rdma = new Dictionary<string, RdmaLimit> { ["mlx5_1"] = new() { HcaHandles = 3, HcaObjects = 10000 }, ["rxe3"] = new() { HcaObjects = 1 } },
    };

    [Fact]
    public void EverythingOnVersion1() => Verify.Text(ResourcePlan.Of(Everything, CgroupVersion.One).ToString());

    // As runc writes them; the kernel takes a priority of 0, and refuses no name.
    [Fact]
    public void APrioritysPartThatIsMissingIsNothingOr0() => Assert.Equal(
        "net_prio net_prio.ifpriomap <-  5\nnet_prio net_prio.ifpriomap <- eth0 0",
        string.Join('\n', ResourcePlan.Of(new() { Network = new() { Priorities = [new() { Priority = 5 }, new() { Name = "eth0" }] } }, CgroupVersion.One).Writes
            .Select(write => $"{write.Controller} {write.File} <- {write.Value}")));

    [Fact]
    public void EverythingOnVersion2() => Verify.Text(
        ResourcePlan.Of(
            Everything with { Unified = new Dictionary<string, string> { ["memory.high"] = "900", ["io.max"] = "8:0 rbps=1\n8:16 rbps=2\n" } },
            CgroupVersion.Two).ToString());

    [Fact]
    public void NothingIsAskedForNothingIsWritten()
    {
        var zeros = new ResourcesSpec
        {
            Memory = new() { Limit = 0, Swap = 0, Reservation = 0, DisableOomKiller = false },
            Cpu = new() { Shares = 0, Quota = 0, Period = 0, RealtimePeriod = 0, RealtimeRuntime = 0, Cpus = "", Mems = "" },
            Pids = new(),
            BlockIo = new() { Weight = 0, LeafWeight = 0 },
        };
        foreach (var version in Enum.GetValues<CgroupVersion>())
        {
            Assert.Equal("", ResourcePlan.Of(null, version).ToString());
            Assert.Equal("", ResourcePlan.Of(new(), version).ToString());
            Assert.Equal("", ResourcePlan.Of(zeros, version).ToString());
        }
    }

    [Fact]
    public void UnlimitedIsMaxOnVersion2()
    {
        var unlimited = new ResourcesSpec { Memory = new() { Limit = -1, Reservation = -1 }, Cpu = new() { Quota = -1 }, Pids = new() { Limit = -1 } };
        Assert.Equal(
            """
            memory memory.memsw.limit_in_bytes -1 (if present)
            memory memory.limit_in_bytes -1
            memory memory.soft_limit_in_bytes -1
            cpu cpu.cfs_quota_us -1
            pids pids.max max
            """,
            ResourcePlan.Of(unlimited, CgroupVersion.One).ToString());
        Assert.Equal(
            """
            memory memory.swap.max max (if present)
            memory memory.max max
            memory memory.low max
            cpu cpu.max max 100000
            pids pids.max max
            """,
            ResourcePlan.Of(unlimited, CgroupVersion.Two).ToString());
    }

    [Theory]
    [InlineData(100UL, 200, 300, "memory.memsw.limit_in_bytes memory.limit_in_bytes")]
    [InlineData(300UL, 200, 300, "memory.limit_in_bytes memory.memsw.limit_in_bytes")]
    [InlineData(400UL, 200, 300, "memory.limit_in_bytes memory.memsw.limit_in_bytes")]
    [InlineData(400UL, 200, -1, "memory.memsw.limit_in_bytes memory.limit_in_bytes")]
    [InlineData(400UL, 0, 300, "memory.memsw.limit_in_bytes")]
    [InlineData(400UL, 200, 0, "memory.limit_in_bytes")]
    public void Version1RaisesSwapBeforeMemoryAndLowersItAfter(ulong present, long limit, long swap, string order) => Assert.Equal(
        order,
        string.Join(' ', ResourcePlan.Of(new() { Memory = new() { Limit = limit, Swap = swap } }, CgroupVersion.One, present).Writes.Select(w => w.File)));

    [Fact]
    public void AnIdleGroupHasItsWeightFirst()
    {
        var idle = new ResourcesSpec { Cpu = new() { Idle = 1, Shares = 2 } };
        Assert.Equal("cpu cpu.shares 2 (read back)\ncpu cpu.idle 1", ResourcePlan.Of(idle, CgroupVersion.One).ToString());
        Assert.Equal("cpu cpu.weight 1\ncpu cpu.idle 1", ResourcePlan.Of(idle, CgroupVersion.Two).ToString());
    }

    [Fact]
    public void TheNumberOfProcessesIsLastHoweverItIsGiven()
    {
        var plan = ResourcePlan.Of(
            new() { Pids = new() { Limit = 5 }, Unified = new Dictionary<string, string> { ["pids.max"] = "1", ["memory.high"] = "9" } }, CgroupVersion.Two);
        Assert.Equal("memory memory.high 9\npids pids.max 1", plan.ToString());
        Assert.Equal("pids pids.max 1", plan.ProcessLimit?.ToString());
    }

    [Fact]
    public void UnifiedIsRefusedOnVersion1() => Refused(
        new() { Unified = new Dictionary<string, string> { ["memory.high"] = "1" } }, CgroupVersion.One,
        "reading linux.resources: invalid configuration: \"unified\" is for cgroup version 2, and this host has version 1.");

    [Fact]
    public void SwapWithoutMemoryIsRefusedOnVersion2() => Refused(
        new() { Memory = new() { Swap = 5 } }, CgroupVersion.Two,
        "reading linux.resources: memory.swap is memory and swap together, and memory.limit is not given.");

    [Fact]
    public void SwapBelowMemoryIsRefusedOnVersion2() => Refused(
        new() { Memory = new() { Swap = 5, Limit = 6 } }, CgroupVersion.Two,
        "reading linux.resources: memory.swap, 5, is memory and swap together, and less than memory.limit, 6.");

    [Fact]
    public void SwappinessAboveAHundredIsRefused() => Refused(
        new() { Memory = new() { Swappiness = 101 } }, CgroupVersion.One,
        "reading linux.resources: memory.swappiness is 101, and at most 100.");

    [Theory]
    [InlineData("memory./../../cgroup.procs", "reading linux.resources: \"memory./../../cgroup.procs\" is not a file's name.")]
    [InlineData("procs", "reading linux.resources: \"procs\" in \"unified\" has not the form CONTROLLER.FILE.")]
    public void WhatIsNoFilesNameIsRefused(string file, string message) =>
        Refused(new() { Unified = new Dictionary<string, string> { [file] = "1" } }, CgroupVersion.Two, message);

    [Fact]
    public void APageSizeThatIsAPathIsRefused() => Refused(
        new() { HugepageLimits = [new() { PageSize = "../x" }] }, CgroupVersion.One,
        "reading linux.resources: \"hugetlb.../x.limit_in_bytes\" is not a file's name.");

    private static void Refused(ResourcesSpec resources, CgroupVersion version, string message) =>
        Assert.Equal(message, Assert.Throws<ContainerizeException>(() => ResourcePlan.Of(resources, version)).Message);
}
