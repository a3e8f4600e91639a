using Containerize.Oci.Runtime;

namespace Containerize.Runtime;

/// <summary>state.json: what the runtime knows of a container.</summary>
internal sealed record ContainerRecord
{
    /// <summary>The version of the specification in config.json.</summary>
    public string OciVersion { get; init; } = "";

    /// <summary>The id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Init's process id as the host sees it; 0 while it is being made.</summary>
    public int InitProcessPid { get; init; }

    /// <summary>When that process began, in ticks since boot (proc(5), stat field 22): another one of the same id is not it.</summary>
    public ulong InitProcessStart { get; init; }

    /// <summary>When the container was made; RFC 3339.</summary>
    public string Created { get; init; } = "";

    /// <summary>The bundle's directory.</summary>
    public string Bundle { get; init; } = "";

    /// <summary>The root filesystem.</summary>
    public string Rootfs { get; init; } = "";

    /// <summary>Who made it, by user id.</summary>
    public uint Owner { get; init; }

    /// <summary>The container's directory in each hierarchy: controller, or "" for cgroup v2, to absolute path.</summary>
    public Dictionary<string, string>? CgroupPaths { get; init; }

    /// <summary>As <see cref="CgroupPaths"/> will be, while they are being made: what a runtime that is killed then may leave.</summary>
    public Dictionary<string, string>? PlannedCgroups { get; init; }

    /// <summary>Whether there are poststop hooks, for which config.json is read again at the end.</summary>
    public bool HasPoststop { get; init; }

    /// <summary>The annotations of config.json.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The limits since the last `update`; null: those of config.json.</summary>
    public ResourcesSpec? Resources { get; init; }

    /// <summary>The container's state, as `state` and hooks are told it.</summary>
    /// <param name="status">Which it is in.</param>
    /// <param name="pid">Its first process; null where there is none.</param>
    public ContainerState Describe(string status, int? pid) => new()
    {
        OciVersion = OciVersion,
        Id = Id,
        Status = status,
        Pid = pid,
        Bundle = Bundle,
        Annotations = Annotations,
    };
}

/// <summary>A line of `list --format json`, and the answer of `state`.</summary>
internal sealed record ListedContainer
{
    /// <summary>The version of the specification.</summary>
    public string OciVersion { get; init; } = "";

    /// <summary>The id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Init's process id; 0 when it has ended.</summary>
    public int Pid { get; init; }

    /// <summary>creating, created, running, paused or stopped.</summary>
    public string Status { get; init; } = "";

    /// <summary>The bundle's directory.</summary>
    public string Bundle { get; init; } = "";

    /// <summary>The root filesystem.</summary>
    public string Rootfs { get; init; } = "";

    /// <summary>When the container was made.</summary>
    public string Created { get; init; } = "";

    /// <summary>The annotations of config.json.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The name of who made it.</summary>
    public string Owner { get; init; } = "";
}
