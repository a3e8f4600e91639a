using Containerize.Oci.Runtime;
using static Containerize.Runtime.Cgroups.ResourceWrite;

namespace Containerize.Runtime.Cgroups;

/// <summary>Limits as files of version 1 (https://docs.kernel.org/admin-guide/cgroup-v1/).</summary>
internal sealed class Version1Plan
{
    private readonly List<ResourceWrite> _writes = [];

    private Version1Plan()
    {
    }

    /// <summary>The writes in order.</summary>
    public static List<ResourceWrite> Of(ResourcesSpec resources, ulong memoryLimit)
    {
        if (resources.Unified is { Count: > 0 })
        {
            throw ResourcePlan.Refused("invalid configuration: \"unified\" is for cgroup version 2, and this host has version 1");
        }

        var plan = new Version1Plan();
        plan.Cpuset(resources.Cpu);
        plan.Memory(resources.Memory, memoryLimit);
        plan.Cpu(resources.Cpu);
        plan.BlockIo(resources.BlockIo);
        plan.HugePages(resources.HugepageLimits);
        plan.Network(resources.Network);
        plan._writes.AddRange(RdmaPlan.Of(resources.Rdma));
        return plan._writes;
    }

    private void Cpuset(CpuResources? cpu)
    {
        if (!string.IsNullOrEmpty(cpu?.Cpus))
        {
            Add("cpuset", "cpuset.cpus", cpu.Cpus);
        }

        if (!string.IsNullOrEmpty(cpu?.Mems))
        {
            Add("cpuset", "cpuset.mems", cpu.Mems);
        }
    }

    private void Memory(MemoryResources? memory, ulong present)
    {
        const string Controller = "memory";
        if (memory is null)
        {
            return;
        }

        var limit = memory.Limit ?? 0;
        var swap = memory.Swap ?? 0;
        if (limit == -1 && swap == 0)
        {
            swap = -1;
        }

        var limitWrite = limit == 0 ? null : new ResourceWrite(Controller, "memory.limit_in_bytes", Text(limit));
        // A kernel that does not account for swap does not limit it either.
        var swapWrite = swap == 0 ? null : new ResourceWrite(Controller, "memory.memsw.limit_in_bytes", Text(swap)) { IfPresent = swap == -1 };
        // memory.limit may at no time be above memory and swap together: what grows goes first.
        var swapFirst = limit != 0 && (swap == -1 || present < (ulong)Math.Max(swap, 0));
        foreach (var write in swapFirst ? (ResourceWrite?[])[swapWrite, limitWrite] : [limitWrite, swapWrite])
        {
            if (write is not null)
            {
                _writes.Add(write);
            }
        }

        if (memory.Reservation is { } reservation and not 0)
        {
            Add(Controller, "memory.soft_limit_in_bytes", Text(reservation));
        }

        // Kernel memory has no limit of its own in current kernels (https://docs.kernel.org/admin-guide/cgroup-v1/memory.html).
        if (memory.DisableOomKiller == true)
        {
            Add(Controller, "memory.oom_control", "1");
        }

        if (memory.Swappiness is { } swappiness && swappiness != ulong.MaxValue)
        {
            var valid = swappiness <= 100 ? swappiness : throw ResourcePlan.Refused($"memory.swappiness is {swappiness}, and at most 100");
            Add(Controller, "memory.swappiness", Text(valid));
        }
    }

    private void Cpu(CpuResources? cpu)
    {
        const string Controller = "cpu";
        if (cpu is null)
        {
            return;
        }

        // An idle cgroup refuses shares.
        if (cpu.Idle is { } busy and not 1)
        {
            Add(Controller, "cpu.idle", Text(busy));
        }

        if (cpu.Shares is { } shares and not 0)
        {
            _writes.Add(new(Controller, "cpu.shares", Text(shares)) { ReadBack = true });
        }

        // The kernel compares quota and period with the parent's after each write, and burst with the quota.
        if (cpu.Period is { } period and not 0)
        {
            _writes.Add(new(Controller, "cpu.cfs_period_us", Text(period)) { AgainIfInvalid = true });
        }

        if (cpu.Burst is { } burst)
        {
            _writes.Add(new(Controller, "cpu.cfs_burst_us", Text(burst)) { AgainIfInvalid = true });
        }

        if (cpu.Quota is { } quota and not 0)
        {
            Add(Controller, "cpu.cfs_quota_us", Text(quota));
        }

        if (cpu.Idle is 1)
        {
            Add(Controller, "cpu.idle", "1");
        }

        if (cpu.RealtimePeriod is { } realtimePeriod and not 0)
        {
            _writes.Add(new(Controller, "cpu.rt_period_us", Text(realtimePeriod)) { AgainIfInvalid = true });
        }

        if (cpu.RealtimeRuntime is { } runtime and not 0)
        {
            Add(Controller, "cpu.rt_runtime_us", Text(runtime));
        }
    }

    private void BlockIo(BlockIoResources? io)
    {
        const string Controller = "blkio";
        if (io is null)
        {
            return;
        }

        // The scheduler that had blkio.weight is gone since Linux 5.0; bfq has its own.
        if (io.Weight is { } weight and not 0)
        {
            _writes.Add(new(Controller, "blkio.weight", Text(weight)) { Otherwise = new(Controller, "blkio.bfq.weight", Text(weight)) });
        }

        if (io.LeafWeight is { } leaf and not 0)
        {
            Add(Controller, "blkio.leaf_weight", Text(leaf));
        }

        foreach (var device in io.WeightDevice ?? [])
        {
            if (device.Weight is { } own and not 0)
            {
                var value = $"{Text(device.Major)}:{Text(device.Minor)} {Text(own)}";
                _writes.Add(new(Controller, "blkio.weight_device", value) { Otherwise = new(Controller, "blkio.bfq.weight_device", value) });
            }

            if (device.LeafWeight is { } ownLeaf and not 0)
            {
                Add(Controller, "blkio.leaf_weight_device", $"{Text(device.Major)}:{Text(device.Minor)} {Text(ownLeaf)}");
            }
        }

        Throttle("read_bps", io.ThrottleReadBpsDevice);
        Throttle("write_bps", io.ThrottleWriteBpsDevice);
        Throttle("read_iops", io.ThrottleReadIopsDevice);
        Throttle("write_iops", io.ThrottleWriteIopsDevice);
    }

    private void Throttle(string what, IReadOnlyList<ThrottleDevice>? devices)
    {
        foreach (var device in devices ?? [])
        {
            Add("blkio", $"blkio.throttle.{what}_device", $"{Text(device.Major)}:{Text(device.Minor)} {Text(device.Rate)}");
        }
    }

    private void HugePages(IReadOnlyList<HugepageLimit>? limits)
    {
        foreach (var limit in limits ?? [])
        {
            Add("hugetlb", $"hugetlb.{limit.PageSize}.limit_in_bytes", Text(limit.Limit));
            _writes.Add(new("hugetlb", $"hugetlb.{limit.PageSize}.rsvd.limit_in_bytes", Text(limit.Limit)) { IfPresent = true });
        }
    }

    private void Network(NetworkResources? network)
    {
        if (network?.ClassId is { } classId and not 0)
        {
            Add("net_cls", "net_cls.classid", Text(classId));
        }

        foreach (var priority in network?.Priorities ?? [])
        {
            Add("net_prio", "net_prio.ifpriomap", $"{priority.Name} {Text(priority.Priority)}");
        }
    }

    private void Add(string controller, string file, string value) => _writes.Add(new(controller, file, value));
}
