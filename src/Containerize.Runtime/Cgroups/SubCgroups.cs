namespace Containerize.Runtime.Cgroups;

/// <summary>The cgroups below a container's own that a process of `exec` joins: --cgroup, as runc has it.</summary>
internal sealed class SubCgroups
{
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    /// <summary>Reads the values of --cgroup: a path for all hierarchies, or controllers before a colon and a path for theirs.</summary>
    /// <param name="values">The values; null where there are none.</param>
    /// <exception cref="ContainerizeException">A path leads out of the container's cgroup.</exception>
    public static SubCgroups? Parse(IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var parsed = new SubCgroups();
        foreach (var value in values)
        {
            var colon = value.IndexOf(':');
            var path = Below(value[(colon + 1)..]);
            foreach (var controller in colon < 0 ? [""] : value[..colon].Split(','))
            {
                parsed._paths[controller] = path;
            }
        }

        return parsed;
    }

    /// <summary>The path below the container's cgroup in a hierarchy; empty: that itself.</summary>
    public string In(CgroupDirectory directory)
    {
        foreach (var controller in directory.Controllers)
        {
            if (_paths.TryGetValue(controller, out var path))
            {
                return path;
            }
        }

        return _paths.TryGetValue("", out var everywhere) ? everywhere : "";
    }

    /// <summary>Finds a controller that none of the hierarchies has.</summary>
    /// <exception cref="ContainerizeException">There is one.</exception>
    public void Check(IReadOnlyList<CgroupDirectory> directories)
    {
        foreach (var controller in _paths.Keys)
        {
            if (controller.Length > 0 && !directories.Any(directory => directory.Controllers.Contains(controller)))
            {
                throw Wrong($"unknown controller {controller}", "With cgroup version 2 there is one hierarchy: give the path alone.");
            }
        }
    }

    // Whatever ".." it has, it stays below; the kernel sees to the rest.
    private static string Below(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count == 0)
            {
                throw Wrong($"{path} is not a sub cgroup path", "Name a cgroup below the container's own, as CONTROLLER:PATH or PATH.");
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static ContainerizeException Wrong(string why, string next) => new(CgroupError.Joining, "reading --cgroup", why, next);
}
