namespace Containerize.Runtime;

/// <summary>What the parent tells init of the container's cgroups, which are made while that starts.</summary>
internal sealed record InitCgroups
{
    /// <summary>The container's directory in each hierarchy, as the host sees it: controller, or "" for cgroup v2, to absolute path.</summary>
    public Dictionary<string, string>? Paths { get; init; }

    /// <summary>Those that init enters by itself (<see cref="Cgroups.CgroupEntrance"/>), in the order of the descriptors that come along.</summary>
    public List<string>? Entered { get; init; }
}
