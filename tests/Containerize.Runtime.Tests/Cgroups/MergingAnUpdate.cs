using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class MergingAnUpdate
{
    private static readonly ResourcesSpec Applied = new()
    {
        Memory = new() { Limit = 100, Swap = 300, Reservation = 50 },
        Cpu = new() { Shares = 1024, Quota = 5000, Period = 10_000, Cpus = "0" },
        Pids = new() { Limit = 10 },
        BlockIo = new() { Weight = 100 },
        Devices = [new() { Allow = false, Access = "rwm" }],
    };

    [Theory]
    [InlineData(1, "memory memory.memsw.limit_in_bytes 300\nmemory memory.limit_in_bytes 200")]
    [InlineData(2, "memory memory.swap.max 100\nmemory memory.max 200")]
    public void NewMemoryKeepsTheOldSumWithSwap(int version, string plan) => Planned(new() { Memory = new() { Limit = 200 } }, (CgroupVersion)version, plan);

    [Fact]
    public void NewSwapIsReckonedWithTheOldMemory() =>
        Planned(new() { Memory = new() { Swap = 400 } }, CgroupVersion.Two, "memory memory.swap.max 300\nmemory memory.max 100");

    [Fact]
    public void MemoryWithoutALimitLiftsSwapToo()
    {
        Planned(new() { Memory = new() { Limit = -1 } }, CgroupVersion.Two, "memory memory.swap.max max (if present)\nmemory memory.max max");
        Assert.Equal(-1, ResourceUpdate.Merge(Applied, new() { Memory = new() { Limit = -1 } }).Memory!.Swap);
    }

    [Theory]
    [InlineData(1, "cpu cpu.cfs_quota_us 7000")]
    [InlineData(2, "cpu cpu.max 7000 10000")]
    public void NewQuotaKeepsThePeriod(int version, string plan) => Planned(new() { Cpu = new() { Quota = 7000 } }, (CgroupVersion)version, plan);

    [Fact]
    public void NewPeriodKeepsTheQuota() => Planned(new() { Cpu = new() { Period = 20_000 } }, CgroupVersion.Two, "cpu cpu.max 5000 20000");

    [Fact]
    public void OnlyWhatIsGivenIsWritten()
    {
        Planned(new(), CgroupVersion.One, "");
        Planned(new() { Cpu = new() { Cpus = "1" }, Memory = new() { Reservation = 60 } }, CgroupVersion.Two, "memory memory.low 60\ncpuset cpuset.cpus 1");
        Planned(new() { Pids = new() { Limit = 0 } }, CgroupVersion.Two, "pids pids.max max");
    }

    [Fact]
    public void TheRestHoldsOn()
    {
        var merged = ResourceUpdate.Merge(Applied, new()
        {
            Memory = new() { Limit = 200 },
            Cpu = new() { Cpus = "", Quota = 0, Shares = 2 },
            Pids = new() { Limit = 20 },
            BlockIo = new() { Weight = 200 },
            Unified = new Dictionary<string, string> { ["memory.high"] = "1" },
            Devices = [],
        });
        Assert.Equal(new MemoryResources { Limit = 200, Swap = 300, Reservation = 50 }, merged.Memory);
        Assert.Equal(new CpuResources { Shares = 2, Quota = 5000, Period = 10_000, Cpus = "0" }, merged.Cpu);
        Assert.Equal(20, merged.Pids?.Limit);
        Assert.Equal((ushort)200, merged.BlockIo?.Weight);
        Assert.Equal("1", merged.Unified?["memory.high"]);
        Assert.Same(Applied.Devices, merged.Devices);
    }

    [Fact]
    public void WithoutOldLimitsTheNewOnesAreAll()
    {
        var change = new ResourcesSpec { Memory = new() { Limit = 1 }, Cpu = new() { Quota = 1 } };
        Assert.Equal(change.Memory, ResourceUpdate.Merge(null, change).Memory);
        Assert.Equal("memory memory.max 1\ncpu cpu.max 1 100000", ResourcePlan.Of(ResourceUpdate.Needed(null, change, CgroupVersion.Two), CgroupVersion.Two).ToString());
    }

    private static void Planned(ResourcesSpec change, CgroupVersion version, string plan) =>
        Assert.Equal(plan, ResourcePlan.Of(ResourceUpdate.Needed(Applied, change, version), version).ToString());
}
