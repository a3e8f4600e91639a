namespace Containerize.Runtime.Cgroups;

/// <summary>A hierarchy as this process sees it.</summary>
/// <param name="Version">Its kind.</param>
/// <param name="Controllers">What is asked of it: controllers and "name=..." on version 1, the empty name on version 2.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="OwnPath">Where this process is in it, below the mount point, without a leading slash.</param>
internal sealed record CgroupHierarchy(CgroupVersion Version, IReadOnlyList<string> Controllers, string MountPoint, string OwnPath)
{
    /// <summary>A path below the mount point as users see it.</summary>
    public string Absolute(string relative) => relative.Length == 0 ? MountPoint : $"{MountPoint}/{relative}";
}
