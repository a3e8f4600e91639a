using Containerize.Containers.Options;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>What somebody wants of a container beside what its image says: the options of <c>run</c> and <c>create</c>, read and checked.</summary>
public sealed record RunOptions
{
    /// <summary>The arguments after the image; empty: the image's.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The program instead of the image's; an empty text: none; null: the image's.</summary>
    public string? Entrypoint { get; init; }

    /// <summary><c>NAME=VALUE</c>, over the image's.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Labels beside the image's.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations of the runtime's configuration.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The directory in which the program starts; null: the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary><c>USER[:GROUP]</c>, names or numbers; null: the image's.</summary>
    public string? User { get; init; }

    /// <summary>More groups of the user, names or numbers.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The container's name for itself; null: the first twelve digits of its id, or the host's where it has the host's.</summary>
    public string? HostName { get; init; }

    /// <summary>Its NIS domain.</summary>
    public string? DomainName { get; init; }

    /// <summary>Whether it has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Whether its standard input stays open.</summary>
    public bool Interactive { get; init; }

    /// <summary>Whether it goes away when it ends.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>Whether its root filesystem cannot be changed.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether it may do everything that the caller may.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether a small program is its first process, which passes signals on and reaps.</summary>
    public bool Init { get; init; }

    /// <summary>What it sees beside its image.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Containers whose volumes it has too.</summary>
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];

    /// <summary>Devices of the host.</summary>
    public IReadOnlyList<DeviceOption> Devices { get; init; } = [];

    /// <summary>More rules for devices, as <c>c 1:3 rwm</c>.</summary>
    public IReadOnlyList<string> DeviceRules { get; init; } = [];

    /// <summary>Its network.</summary>
    public NetworkPlan Network { get; init; } = new();

    /// <summary>Whether every port that the image exposes gets one of the host.</summary>
    public bool PublishAll { get; init; }

    /// <summary>Limits.</summary>
    public ResourcesSpec Resources { get; init; } = new();

    /// <summary>The size of /dev/shm, in bytes.</summary>
    public long SharedMemory { get; init; } = 64L << 20;

    /// <summary>Limits of its processes.</summary>
    public IReadOnlyList<RlimitSpec> Limits { get; init; } = [];

    /// <summary>How gladly the kernel ends it for want of memory: -1000 to 1000.</summary>
    public int? OutOfMemoryScore { get; init; }

    /// <summary>Capabilities beside the usual ones.</summary>
    public IReadOnlyList<string> AddedCapabilities { get; init; } = [];

    /// <summary>And those that it does not get.</summary>
    public IReadOnlyList<string> DroppedCapabilities { get; init; } = [];

    /// <summary>no-new-privileges, seccomp=..., apparmor=..., label=..., systempaths=unconfined, mask=..., unmask=....</summary>
    public IReadOnlyList<string> SecurityOptions { get; init; } = [];

    /// <summary>Kernel parameters of its namespaces.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>The host's process ids, for "host"; another container's, for a path of a namespace; null: its own.</summary>
    public string? ProcessNamespace { get; init; }

    /// <summary>The same of System V's and POSIX's queues and memory.</summary>
    public string? IpcNamespace { get; init; }

    /// <summary>The same of names.</summary>
    public string? NameNamespace { get; init; }

    /// <summary>The same of cgroups: "host", "private" or null: as the kernel's version has it.</summary>
    public string? CgroupNamespace { get; init; }

    /// <summary>The cgroup in which its own is made; null: our own.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>Whether it is started again.</summary>
    public RestartPlan Restart { get; init; } = new();

    /// <summary>The number of the signal that asks it to end; null: the image's.</summary>
    public int? StopSignal { get; init; }

    /// <summary>How long it has after that, in seconds.</summary>
    public int StopTimeout { get; init; } = 10;

    /// <summary>What the health check is instead of the image's; null: nothing.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <summary>Where its output goes.</summary>
    public LogPlan Log { get; init; } = new();
}
