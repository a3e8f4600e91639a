using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Cgroups;

/// <summary>New limits over those that a container has.</summary>
internal static class ResourceUpdate
{
    /// <summary>What holds afterwards: the old limits with the new ones in their places.</summary>
    /// <remarks>Devices stay: what a device plug-in has added since would be lost, so no runtime updates them.</remarks>
    public static ResourcesSpec Merge(ResourcesSpec? applied, ResourcesSpec change)
    {
        var old = applied ?? new();
        return old with
        {
            Memory = Merge(old.Memory, change.Memory),
            Cpu = Merge(old.Cpu, change.Cpu),
            Pids = change.Pids?.Limit is null ? old.Pids : change.Pids,
            BlockIo = Merge(old.BlockIo, change.BlockIo),
            HugepageLimits = change.HugepageLimits is { Count: > 0 } ? change.HugepageLimits : old.HugepageLimits,
            Network = change.Network ?? old.Network,
            Rdma = change.Rdma is { Count: > 0 } ? change.Rdma : old.Rdma,
            Unified = change.Unified is { Count: > 0 } ? Merge(old.Unified, change.Unified) : old.Unified,
        };
    }

    /// <summary>What must be written: the new limits, with the old ones that share a file with them or are part of their sum.</summary>
    public static ResourcesSpec Needed(ResourcesSpec? applied, ResourcesSpec change, CgroupVersion version)
    {
        var merged = Merge(applied, change);
        var memory = change.Memory;
        if (memory is not null && (IsSet(memory.Limit) || IsSet(memory.Swap)))
        {
            memory = memory with { Limit = merged.Memory!.Limit, Swap = merged.Memory.Swap };
        }

        var cpu = change.Cpu;
        if (cpu is not null && version == CgroupVersion.Two && (IsSet(cpu.Quota) || cpu.Period is not (null or 0)))
        {
            cpu = cpu with { Quota = merged.Cpu!.Quota, Period = merged.Cpu.Period };
        }

        return change with { Devices = null, Memory = memory, Cpu = cpu };
    }

    private static MemoryResources? Merge(MemoryResources? old, MemoryResources? change)
    {
        if (old is null || change is null)
        {
            return change ?? old;
        }

        // Memory without a limit under an old limit of both would still be limited.
        var swap = IsSet(change.Swap) ? change.Swap : change.Limit == -1 ? -1 : old.Swap;
        return old with
        {
            Limit = IsSet(change.Limit) ? change.Limit : old.Limit,
            Reservation = change.Reservation ?? old.Reservation,
            Swap = swap,
            Swappiness = change.Swappiness ?? old.Swappiness,
            DisableOomKiller = change.DisableOomKiller ?? old.DisableOomKiller,
            CheckBeforeUpdate = change.CheckBeforeUpdate ?? old.CheckBeforeUpdate,
        };
    }

    private static CpuResources? Merge(CpuResources? old, CpuResources? change)
    {
        if (old is null || change is null)
        {
            return change ?? old;
        }

        return old with
        {
            Shares = change.Shares ?? old.Shares,
            Quota = IsSet(change.Quota) ? change.Quota : old.Quota,
            Burst = change.Burst ?? old.Burst,
            Period = change.Period is null or 0 ? old.Period : change.Period,
            RealtimeRuntime = change.RealtimeRuntime ?? old.RealtimeRuntime,
            RealtimePeriod = change.RealtimePeriod ?? old.RealtimePeriod,
            Cpus = string.IsNullOrEmpty(change.Cpus) ? old.Cpus : change.Cpus,
            Mems = string.IsNullOrEmpty(change.Mems) ? old.Mems : change.Mems,
            Idle = change.Idle ?? old.Idle,
        };
    }

    private static BlockIoResources? Merge(BlockIoResources? old, BlockIoResources? change)
    {
        if (old is null || change is null)
        {
            return change ?? old;
        }

        return new()
        {
            Weight = change.Weight ?? old.Weight,
            LeafWeight = change.LeafWeight ?? old.LeafWeight,
            WeightDevice = change.WeightDevice ?? old.WeightDevice,
            ThrottleReadBpsDevice = change.ThrottleReadBpsDevice ?? old.ThrottleReadBpsDevice,
            ThrottleWriteBpsDevice = change.ThrottleWriteBpsDevice ?? old.ThrottleWriteBpsDevice,
            ThrottleReadIopsDevice = change.ThrottleReadIopsDevice ?? old.ThrottleReadIopsDevice,
            ThrottleWriteIopsDevice = change.ThrottleWriteIopsDevice ?? old.ThrottleWriteIopsDevice,
        };
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string>? old, IReadOnlyDictionary<string, string> change)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (file, value) in old ?? merged)
        {
            merged[file] = value;
        }

        foreach (var (file, value) in change)
        {
            merged[file] = value;
        }

        return merged;
    }

    private static bool IsSet(long? value) => value is not (null or 0);
}
