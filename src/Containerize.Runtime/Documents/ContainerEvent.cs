using System.Text.Json.Serialization;

namespace Containerize.Runtime.Documents;

/// <summary>A line of `events`, in the form of runc's (https://github.com/opencontainers/runc/blob/main/types/events.go).</summary>
internal sealed record ContainerEvent
{
    /// <summary>stats or oom.</summary>
    public string Type { get; init; } = "";

    /// <summary>The container's id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Of stats: the numbers.</summary>
    public ContainerStatistics? Data { get; init; }
}

/// <summary>What a container uses, as its cgroups count it.</summary>
internal sealed record ContainerStatistics
{
    /// <summary>Processor time.</summary>
    public CpuStatistics Cpu { get; init; } = new();

    /// <summary>Memory.</summary>
    public MemoryStatistics Memory { get; init; } = new();

    /// <summary>Processes and threads.</summary>
    public PidsStatistics Pids { get; init; } = new();

    /// <summary>Reads and writes of block devices.</summary>
    public BlockStatistics Blkio { get; init; } = new();

    /// <summary>Huge pages by their size, as "2MB".</summary>
    public Dictionary<string, HugePageStatistics> Hugetlb { get; init; } = [];
}

/// <summary>Processor time, in nanoseconds.</summary>
internal sealed record CpuStatistics
{
    /// <summary>What was used.</summary>
    public CpuUsage Usage { get; init; } = new();

    /// <summary>What was held back.</summary>
    public CpuThrottling Throttling { get; init; } = new();
}

/// <summary>Processor time that was used, in nanoseconds.</summary>
internal sealed record CpuUsage
{
    /// <summary>All.</summary>
    public ulong Total { get; init; }

    /// <summary>By processor; null where that is not counted.</summary>
    public List<ulong>? Percpu { get; init; }

    /// <summary>In the kernel.</summary>
    public ulong Kernel { get; init; }

    /// <summary>Outside it.</summary>
    public ulong User { get; init; }
}

/// <summary>How often a limit of processor time held something back.</summary>
internal sealed record CpuThrottling
{
    /// <summary>The periods so far.</summary>
    public ulong Periods { get; init; }

    /// <summary>Those in which it did.</summary>
    public ulong ThrottledPeriods { get; init; }

    /// <summary>For how long, in nanoseconds.</summary>
    public ulong ThrottledTime { get; init; }
}

/// <summary>Memory, in bytes.</summary>
internal sealed record MemoryStatistics
{
    /// <summary>Of files.</summary>
    public ulong Cache { get; init; }

    /// <summary>Without swap.</summary>
    public MemoryUsage Usage { get; init; } = new();

    /// <summary>With swap.</summary>
    public MemoryUsage Swap { get; init; } = new();

    /// <summary>The kernel's own; null where that is not counted by itself.</summary>
    public MemoryUsage? Kernel { get; init; }

    /// <summary>Of TCP's buffers; null where that is not counted by itself.</summary>
    [JsonPropertyName("kernelTCP")]
    public MemoryUsage? KernelTcp { get; init; }

    /// <summary>memory.stat.</summary>
    public Dictionary<string, ulong> Raw { get; init; } = [];
}

/// <summary>Memory of one kind, in bytes.</summary>
internal sealed record MemoryUsage
{
    /// <summary>The most; the highest number where there is no limit.</summary>
    public ulong Limit { get; init; }

    /// <summary>What is used.</summary>
    public ulong Usage { get; init; }

    /// <summary>The most that was.</summary>
    public ulong Max { get; init; }

    /// <summary>How often the limit was reached.</summary>
    public ulong Failcnt { get; init; }
}

/// <summary>Processes and threads.</summary>
internal sealed record PidsStatistics
{
    /// <summary>How many there are.</summary>
    public ulong Current { get; init; }

    /// <summary>The most; 0 where there is no limit.</summary>
    public ulong Limit { get; init; }
}

/// <summary>Reads and writes of block devices.</summary>
internal sealed record BlockStatistics
{
    /// <summary>Bytes.</summary>
    public List<BlockEntry> IoServiceBytesRecursive { get; init; } = [];

    /// <summary>Operations.</summary>
    public List<BlockEntry> IoServicedRecursive { get; init; } = [];
}

/// <summary>One number of a block device.</summary>
internal sealed record BlockEntry
{
    /// <summary>Its major number.</summary>
    public ulong Major { get; init; }

    /// <summary>Its minor number.</summary>
    public ulong Minor { get; init; }

    /// <summary>Read, Write, and on version 1 others.</summary>
    public string Op { get; init; } = "";

    /// <summary>The number.</summary>
    public ulong Value { get; init; }
}

/// <summary>Huge pages of one size, in bytes.</summary>
internal sealed record HugePageStatistics
{
    /// <summary>What is used.</summary>
    public ulong Usage { get; init; }

    /// <summary>The most that was.</summary>
    public ulong Max { get; init; }

    /// <summary>How often the limit was reached.</summary>
    public ulong Failcnt { get; init; }
}
