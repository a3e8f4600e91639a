namespace Containerize.Runtime.Cgroups;

/// <summary>The numbers of failures with control groups (docs/errors.md).</summary>
internal static class CgroupError
{
    /// <summary>A hierarchy is missing, or what is at its place is no cgroup filesystem.</summary>
    public const int Hierarchy = 6051;

    /// <summary>cgroupsPath cannot be a cgroup.</summary>
    public const int Path = 6052;

    /// <summary>The cgroup has processes, or is frozen, before its container is made.</summary>
    public const int InUse = 6053;

    /// <summary>A cgroup cannot be made.</summary>
    public const int Making = 6054;

    /// <summary>A process cannot be put into a cgroup.</summary>
    public const int Joining = 6055;

    /// <summary>A limit cannot be set.</summary>
    public const int Limit = 6056;

    /// <summary>linux.resources contradict themselves or the host.</summary>
    public const int Resources = 6057;

    /// <summary>A cgroup does not freeze or thaw.</summary>
    public const int Freezing = 6058;

    /// <summary>A cgroup cannot be removed.</summary>
    public const int Removing = 6059;

    /// <summary>An operation needs a cgroup, and the container has none.</summary>
    public const int Absent = 6060;
}
