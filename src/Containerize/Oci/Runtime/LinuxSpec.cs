using System.Text.Json.Serialization;

namespace Containerize.Oci.Runtime;

/// <summary>What only Linux has (config-linux.md).</summary>
public sealed record LinuxSpec
{
    /// <summary>The user ids of a new user namespace.</summary>
    public IReadOnlyList<IdMapping>? UidMappings { get; init; }

    /// <summary>The group ids of a new user namespace.</summary>
    public IReadOnlyList<IdMapping>? GidMappings { get; init; }

    /// <summary>Kernel parameters, by name with dots or slashes.</summary>
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }

    /// <summary>Limits.</summary>
    public ResourcesSpec? Resources { get; init; }

    /// <summary>The container's place among the cgroups; absolute: below the mount point, otherwise where the runtime likes.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Which namespaces are made or joined; one that is absent is the runtime's own.</summary>
    public IReadOnlyList<NamespaceSpec>? Namespaces { get; init; }

    /// <summary>Devices beside the usual ones.</summary>
    public IReadOnlyList<DeviceSpec>? Devices { get; init; }

    /// <summary>The system calls that are allowed.</summary>
    public SeccompSpec? Seccomp { get; init; }

    /// <summary>The propagation of the root: shared, slave, private or unbindable.</summary>
    public string? RootfsPropagation { get; init; }

    /// <summary>Paths that cannot be read.</summary>
    public IReadOnlyList<string>? MaskedPaths { get; init; }

    /// <summary>Paths that cannot be written.</summary>
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }

    /// <summary>The SELinux label of mounts.</summary>
    public string? MountLabel { get; init; }

    /// <summary>Intel's resource director technology.</summary>
    public IntelRdtSpec? IntelRdt { get; init; }

    /// <summary>The execution domain (personality(2)).</summary>
    public PersonalitySpec? Personality { get; init; }

    /// <summary>The offsets of the clocks of a new time namespace: "monotonic" and "boottime".</summary>
    public IReadOnlyDictionary<string, TimeOffset>? TimeOffsets { get; init; }
}

/// <summary>A namespace to make, or to join by path (config-linux.md, Namespaces).</summary>
public sealed record NamespaceSpec
{
    /// <summary>pid, network, mount, ipc, uts, user, cgroup or time.</summary>
    public string? Type { get; init; }

    /// <summary>The file of the namespace to join; absent: a new one.</summary>
    public string? Path { get; init; }
}

/// <summary>A device node (config-linux.md, Devices).</summary>
public sealed record DeviceSpec
{
    /// <summary>c, b, u or p.</summary>
    public string? Type { get; init; }

    /// <summary>Where in the container.</summary>
    public string? Path { get; init; }

    /// <summary>The major number.</summary>
    public long? Major { get; init; }

    /// <summary>The minor number.</summary>
    public long? Minor { get; init; }

    /// <summary>The permission bits.</summary>
    public uint? FileMode { get; init; }

    /// <summary>The owner.</summary>
    public uint? Uid { get; init; }

    /// <summary>The group.</summary>
    public uint? Gid { get; init; }
}

/// <summary>Cache and memory bandwidth of Intel processors (config-linux.md, IntelRdt).</summary>
public sealed record IntelRdtSpec
{
    /// <summary>The class of service.</summary>
    [JsonPropertyName("closID")]
    public string? ClosId { get; init; }

    /// <summary>Lines of the schemata file that are given as they are.</summary>
    public IReadOnlyList<string>? Schemata { get; init; }

    /// <summary>The cache schema.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>The bandwidth schema.</summary>
    public string? MemBwSchema { get; init; }

    /// <summary>Cache monitoring.</summary>
    [JsonPropertyName("enableCMT")]
    public bool EnableCmt { get; init; }

    /// <summary>Bandwidth monitoring.</summary>
    [JsonPropertyName("enableMBM")]
    public bool EnableMbm { get; init; }
}

/// <summary>An execution domain (personality(2)).</summary>
public sealed record PersonalitySpec
{
    /// <summary>LINUX or LINUX32.</summary>
    public string? Domain { get; init; }

    /// <summary>Flags; none are defined.</summary>
    public IReadOnlyList<string>? Flags { get; init; }
}

/// <summary>An offset of a clock.</summary>
public sealed record TimeOffset
{
    /// <summary>Whole seconds.</summary>
    public long Secs { get; init; }

    /// <summary>And nanoseconds.</summary>
    public uint Nanosecs { get; init; }
}
