
namespace Containerize.Runtime.Cgroups;

/// <summary>
/// The hierarchies of the host: one of version 2, or several of version 1, beside which one of version 2 may stand ("hybrid",
/// https://systemd.io/CGROUP_DELEGATION/).
/// </summary>
/// <param name="All">The hierarchies; version 1 before version 2.</param>
internal sealed record CgroupHierarchies(IReadOnlyList<CgroupHierarchy> All)
{
    private const string UsualPoint = "/sys/fs/cgroup";

    /// <summary>Whether there is version 2 and nothing else.</summary>
    public bool IsUnified => All.Count == 1 && All[0].Version == CgroupVersion.Two;

    /// <summary>Reads them from /proc.</summary>
    public static CgroupHierarchies Find()
    {
        var membership = FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/self/cgroup");

        // A host with many mounts has a long mountinfo; version 2 is at one place on every distribution.
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, UsualPoint, OpenFlags.PathOnly | OpenFlags.Directory);
        if (opened >= 0)
        {
            using var usual = new Descriptor((int)opened);
            if (FileSystem.Magic(usual.Number) == CgroupDirectory.Version2Magic)
            {
                return new([Unified(UsualPoint, "/", CgroupMembership.Parse(membership))]);
            }
        }

        return Parse(FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/self/mountinfo"), membership);
    }

    /// <summary>Derives them from the texts of mountinfo and /proc/self/cgroup.</summary>
    public static CgroupHierarchies Parse(string mountinfo, string membership)
    {
        var own = CgroupMembership.Parse(membership);
        var mounts = new List<CgroupMount>(CgroupMount.Parse(mountinfo));
        // A container's own view of a hierarchy may be mounted elsewhere too, even before the host's.
        mounts.Sort(static (a, b) => Rank(a).CompareTo(Rank(b)));

        var found = new List<CgroupHierarchy>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mount in mounts)
        {
            if (mount.Version == CgroupVersion.One)
            {
                var controllers = new List<string>();
                foreach (var option in mount.Options)
                {
                    // Only what /proc/self/cgroup names is a controller: the options hold others, as "xattr" and "release_agent=...".
                    if (option.Length > 0 && own.ContainsKey(option) && seen.Add(option))
                    {
                        controllers.Add(option);
                    }
                }

                if (controllers.Count > 0)
                {
                    found.Add(new(CgroupVersion.One, controllers, mount.Point, Below(mount.Root, own[controllers[0]])));
                }
            }
        }

        foreach (var mount in mounts)
        {
            if (mount.Version == CgroupVersion.Two && seen.Add(""))
            {
                found.Add(Unified(mount.Point, mount.Root, own));
            }
        }

        return new(found);
    }

    private static CgroupHierarchy Unified(string point, string root, IReadOnlyDictionary<string, string> own) =>
        new(CgroupVersion.Two, [""], point, Below(root, own.TryGetValue("", out var path) ? path : "/"));

    private static int Rank(CgroupMount mount) => mount.Point.StartsWith(UsualPoint, StringComparison.Ordinal) ? 0 : 1;

    // In a container /proc/self/cgroup has the host's path, and the mount begins at the container's directory.
    // What is not below the mount's root cannot be reached from here: its top stands in.
    private static string Below(string root, string path)
    {
        var top = root.TrimEnd('/');
        if (path == top || path.Contains("/..", StringComparison.Ordinal))
        {
            return "";
        }

        return path.StartsWith(top + "/", StringComparison.Ordinal) ? path[(top.Length + 1)..] : "";
    }
}
