namespace Containerize.Runtime.Cgroups;

/// <summary>A container's place in every hierarchy: linux.cgroupsPath, or what stands for it where that is absent.</summary>
/// <remarks>
/// runc's choices: an absolute path begins at the mount point; a relative one, and the id where there is none, below the runtime's own
/// cgroup. On version 2 it begins beside that one, since a cgroup with processes in it has no children with controllers
/// (https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint).
/// </remarks>
internal sealed class CgroupPath
{
    private readonly bool _absolute;
    private readonly string _path;

    private CgroupPath(bool absolute, string path) => (_absolute, _path) = (absolute, path);

    /// <summary>Whether the configuration names a path.</summary>
    public bool IsGiven { get; private init; }

    /// <summary>Reads the path.</summary>
    /// <param name="cgroupsPath">linux.cgroupsPath; absent or empty: the runtime's choice.</param>
    /// <param name="id">The container's id.</param>
    /// <exception cref="ContainerizeException">Nothing is left of it, or it has a zero in it.</exception>
    public static CgroupPath Of(string? cgroupsPath, string id)
    {
        var given = !string.IsNullOrEmpty(cgroupsPath);
        var text = given ? cgroupsPath! : id;
        var path = Clean(text);
        if (path.Length == 0 || path.Contains('\0'))
        {
            throw new ContainerizeException(
                CgroupError.Path, $"reading cgroupsPath {text}", "it names no cgroup of its own", "Name a directory below the top, as /engine/name.");
        }

        return new(given && text[0] == '/', path) { IsGiven = given };
    }

    /// <summary>The path below a hierarchy's mount point.</summary>
    public string In(CgroupHierarchy hierarchy)
    {
        var start = _absolute ? "" : hierarchy.OwnPath;
        if (!_absolute && hierarchy.Version == CgroupVersion.Two)
        {
            start = start[..Math.Max(start.LastIndexOf('/'), 0)];
        }

        return start.Length == 0 ? _path : $"{start}/{_path}";
    }

    // ".." stops at the top, as in a root directory, so that no text leads out of where it begins.
    private static string Clean(string text)
    {
        var kept = new List<string>();
        foreach (var part in text.Split('/'))
        {
            if (part == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (part.Length > 0 && part != ".")
            {
                kept.Add(part);
            }
        }

        return string.Join('/', kept);
    }
}
