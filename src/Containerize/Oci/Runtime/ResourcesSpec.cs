using System.Text.Json.Serialization;

namespace Containerize.Oci.Runtime;

/// <summary>Limits of a container (config-linux.md, Control groups).</summary>
public sealed record ResourcesSpec
{
    /// <summary>Which devices may be used; later rules win.</summary>
    public IReadOnlyList<DeviceRule>? Devices { get; init; }

    /// <summary>Memory.</summary>
    public MemoryResources? Memory { get; init; }

    /// <summary>Processor time.</summary>
    public CpuResources? Cpu { get; init; }

    /// <summary>The number of tasks.</summary>
    public PidsResources? Pids { get; init; }

    /// <summary>Block devices.</summary>
    [JsonPropertyName("blockIO")]
    public BlockIoResources? BlockIo { get; init; }

    /// <summary>Huge pages.</summary>
    public IReadOnlyList<HugepageLimit>? HugepageLimits { get; init; }

    /// <summary>Priorities and class of network traffic; cgroup v1 only.</summary>
    public NetworkResources? Network { get; init; }

    /// <summary>RDMA handles and objects, by device.</summary>
    public IReadOnlyDictionary<string, RdmaLimit>? Rdma { get; init; }

    /// <summary>Files of cgroup v2 and what is written to them as it is.</summary>
    public IReadOnlyDictionary<string, string>? Unified { get; init; }
}

/// <summary>A rule on devices (devices cgroup).</summary>
public sealed record DeviceRule
{
    /// <summary>Whether it allows.</summary>
    public bool Allow { get; init; }

    /// <summary>a (all), c or b; absent: a.</summary>
    public string? Type { get; init; }

    /// <summary>The major number; absent or -1: all.</summary>
    public long? Major { get; init; }

    /// <summary>The minor number; absent or -1: all.</summary>
    public long? Minor { get; init; }

    /// <summary>Letters of r (read), w (write), m (mknod).</summary>
    public string? Access { get; init; }
}

/// <summary>Memory limits in bytes; -1: none.</summary>
public sealed record MemoryResources
{
    /// <summary>The limit.</summary>
    public long? Limit { get; init; }

    /// <summary>The soft limit.</summary>
    public long? Reservation { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? Swap { get; init; }

    /// <summary>Kernel memory; v1 only, deprecated and without effect on current kernels.</summary>
    public long? Kernel { get; init; }

    /// <summary>Kernel memory of TCP; v1 only.</summary>
    [JsonPropertyName("kernelTCP")]
    public long? KernelTcp { get; init; }

    /// <summary>0 to 100; v1 only.</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>Whether the OOM killer is off; v1 only.</summary>
    [JsonPropertyName("disableOOMKiller")]
    public bool? DisableOomKiller { get; init; }

    /// <summary>Whether the cgroups below count; v1 only.</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>Whether an update below the present usage is refused.</summary>
    public bool? CheckBeforeUpdate { get; init; }
}

/// <summary>Processor time; times in microseconds.</summary>
public sealed record CpuResources
{
    /// <summary>The relative weight, 2 to 262144.</summary>
    public ulong? Shares { get; init; }

    /// <summary>The time in each period; negative: no limit.</summary>
    public long? Quota { get; init; }

    /// <summary>The time that unused quota may add.</summary>
    public ulong? Burst { get; init; }

    /// <summary>The period.</summary>
    public ulong? Period { get; init; }

    /// <summary>The time of realtime tasks; v1 only.</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>The period of realtime tasks; v1 only.</summary>
    public ulong? RealtimePeriod { get; init; }

    /// <summary>The CPUs, as "0-3,7".</summary>
    public string? Cpus { get; init; }

    /// <summary>The memory nodes, as "0-1".</summary>
    public string? Mems { get; init; }

    /// <summary>1: SCHED_IDLE.</summary>
    public long? Idle { get; init; }
}

/// <summary>The number of tasks.</summary>
public sealed record PidsResources
{
    /// <summary>The most tasks; zero or less: no limit.</summary>
    public long? Limit { get; init; }
}

/// <summary>Block devices.</summary>
public sealed record BlockIoResources
{
    /// <summary>The weight, 10 to 1000.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The weight against the cgroups below; v1 only.</summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Weights by device.</summary>
    public IReadOnlyList<WeightDevice>? WeightDevice { get; init; }

    /// <summary>Bytes read per second.</summary>
    public IReadOnlyList<ThrottleDevice>? ThrottleReadBpsDevice { get; init; }

    /// <summary>Bytes written per second.</summary>
    public IReadOnlyList<ThrottleDevice>? ThrottleWriteBpsDevice { get; init; }

    /// <summary>Reads per second.</summary>
    [JsonPropertyName("throttleReadIOPSDevice")]
    public IReadOnlyList<ThrottleDevice>? ThrottleReadIopsDevice { get; init; }

    /// <summary>Writes per second.</summary>
    [JsonPropertyName("throttleWriteIOPSDevice")]
    public IReadOnlyList<ThrottleDevice>? ThrottleWriteIopsDevice { get; init; }
}

/// <summary>The weight of a device.</summary>
public sealed record WeightDevice
{
    /// <summary>The major number.</summary>
    public long Major { get; init; }

    /// <summary>The minor number.</summary>
    public long Minor { get; init; }

    /// <summary>The weight, 10 to 1000.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The weight against the cgroups below; v1 only.</summary>
    public ushort? LeafWeight { get; init; }
}

/// <summary>The limit of a device.</summary>
public sealed record ThrottleDevice
{
    /// <summary>The major number.</summary>
    public long Major { get; init; }

    /// <summary>The minor number.</summary>
    public long Minor { get; init; }

    /// <summary>Bytes or operations per second.</summary>
    public ulong Rate { get; init; }
}

/// <summary>The limit of one size of huge pages.</summary>
public sealed record HugepageLimit
{
    /// <summary>The size, as "2MB".</summary>
    public string? PageSize { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Limit { get; init; }
}

/// <summary>Network traffic; cgroup v1 only.</summary>
public sealed record NetworkResources
{
    /// <summary>The class of the traffic (net_cls).</summary>
    [JsonPropertyName("classID")]
    public uint? ClassId { get; init; }

    /// <summary>Priorities by interface (net_prio).</summary>
    public IReadOnlyList<InterfacePriority>? Priorities { get; init; }
}

/// <summary>The priority of traffic on an interface.</summary>
public sealed record InterfacePriority
{
    /// <summary>The interface.</summary>
    public string? Name { get; init; }

    /// <summary>Its priority.</summary>
    public uint Priority { get; init; }
}

/// <summary>RDMA limits of a device.</summary>
public sealed record RdmaLimit
{
    /// <summary>The most handles.</summary>
    public uint? HcaHandles { get; init; }

    /// <summary>The most objects.</summary>
    public uint? HcaObjects { get; init; }
}
