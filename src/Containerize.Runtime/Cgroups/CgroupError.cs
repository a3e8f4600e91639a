namespace Containerize.Runtime.Cgroups;

/// <summary>The numbers of failures with control groups (docs/errors.md).</summary>
internal static class CgroupError
{
    /// <summary>A hierarchy is missing, or what is at its place is no cgroup filesystem.</summary>
    public const int Hierarchy = 8101;

    /// <summary>cgroupsPath cannot be a cgroup.</summary>
    public const int Path = 8102;

    /// <summary>The cgroup has processes, or is frozen, before its container is made.</summary>
    public const int InUse = 8103;

    /// <summary>A cgroup cannot be made.</summary>
    public const int Making = 8104;

    /// <summary>A process cannot be put into a cgroup.</summary>
    public const int Joining = 8105;

    /// <summary>A limit cannot be set.</summary>
    public const int Limit = 8106;

    /// <summary>linux.resources contradict themselves or the host.</summary>
    public const int Resources = 8107;

    /// <summary>A cgroup does not freeze or thaw.</summary>
    public const int Freezing = 8108;

    /// <summary>A cgroup cannot be removed.</summary>
    public const int Removing = 8109;

    /// <summary>An operation needs a cgroup, and the container has none.</summary>
    public const int Absent = 8110;
}
