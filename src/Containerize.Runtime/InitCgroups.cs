namespace Containerize.Runtime;

/// <summary>What the parent tells init of the container's cgroups, which are made while that starts.</summary>
internal sealed record InitCgroups
{
    /// <summary>The container's directory in each hierarchy, as the host sees it: controller, or "" for cgroup v2, to absolute path.</summary>
    public Dictionary<string, string>? Paths { get; init; }

    /// <summary>Those that init enters by itself (<see cref="Cgroups.CgroupEntrance"/>), in the order of the descriptors that come along.</summary>
    public List<string>? Entered { get; init; }

    /// <summary>The hierarchies of version 1, for a mount of type cgroup, as the host has read them already; null: version 2 alone.</summary>
    public List<InitHierarchy>? Version1 { get; init; }
}

/// <summary>A hierarchy of version 1.</summary>
internal sealed record InitHierarchy
{
    /// <summary>Its controllers, or "name=...".</summary>
    public List<string>? Controllers { get; init; }

    /// <summary>Where the host has mounted it, which names the container's.</summary>
    public string MountPoint { get; init; } = "";

    /// <summary>The container's directory in it, as the host sees it.</summary>
    public string Path { get; init; } = "";
}
