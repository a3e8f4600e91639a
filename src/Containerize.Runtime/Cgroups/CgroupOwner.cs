using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Cgroups;

/// <summary>Who owns a container's cgroup: its process's user, where the container is to manage it (config-linux.md, Cgroup ownership).</summary>
internal static class CgroupOwner
{
    /// <summary>The user as the host sees it; null where the cgroup stays ours, and where it is not known who that is.</summary>
    public static uint? Of(RuntimeSpec spec)
    {
        if (!spec.HasNew("cgroup") || !IsMountedWritable(spec.Mounts ?? []))
        {
            return null;
        }

        var user = spec.Process?.User?.Uid ?? 0;
        return !spec.HasOwn("user") ? user : spec.HasNew("user") ? Map(user, spec.Linux?.UidMappings ?? []) : null;
    }

    private static bool IsMountedWritable(IReadOnlyList<MountSpec> mounts)
    {
        foreach (var mount in mounts)
        {
            if (mount.Source == "cgroup" && RootDirectory.Clean(mount.Destination ?? "") == "/sys/fs/cgroup" && !IsReadOnly(mount.Options ?? []))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsReadOnly(IReadOnlyList<string> options)
    {
        foreach (var option in options)
        {
            if (option == "ro")
            {
                return true;
            }
        }

        return false;
    }

    private static uint? Map(uint user, IReadOnlyList<IdMapping> maps)
    {
        foreach (var map in maps)
        {
            if (user >= map.ContainerId && user - map.ContainerId < map.Size)
            {
                return map.HostId + (user - map.ContainerId);
            }
        }

        return null;
    }
}
