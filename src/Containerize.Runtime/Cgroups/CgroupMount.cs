using System.Globalization;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Cgroups;

/// <summary>A cgroup mount that a path lookup reaches, read from the lines of mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Point">The mount point.</param>
/// <param name="Root">Which directory of the hierarchy is mounted there.</param>
/// <param name="Version">The kind of the hierarchy.</param>
/// <param name="Options">The filesystem's options; on version 1 the controllers and "name=..." are among them.</param>
internal sealed record CgroupMount(string Point, string Root, CgroupVersion Version, IReadOnlyList<string> Options)
{
    private sealed record Line(int Id, int Parent, string Point, CgroupMount? Cgroup);

    /// <summary>The mounts of both kinds, without those that a later mount hides.</summary>
    /// <exception cref="FormatException">A line is not one of mountinfo.</exception>
    public static IReadOnlyList<CgroupMount> Parse(string mountinfo)
    {
        var lines = new List<Line>();
        var parents = new Dictionary<int, int>();
        foreach (var text in mountinfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var line = ParseLine(text);
            lines.Add(line);
            parents[line.Id] = line.Parent;
        }

        var found = new List<CgroupMount>();
        foreach (var line in lines)
        {
            if (line.Cgroup is not null && !IsHidden(line, lines, parents))
            {
                found.Add(line.Cgroup);
            }
        }

        return found;
    }

    // A mount on the same directory or one above hides this one, unless this one was mounted on top of it.
    private static bool IsHidden(Line line, List<Line> lines, Dictionary<int, int> parents)
    {
        foreach (var other in lines)
        {
            if (other.Id != line.Id && IsAtOrAbove(other.Point, line.Point) && !IsAncestor(other.Id, line.Id, parents))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAtOrAbove(string directory, string path) =>
        directory == "/" || path == directory
            || (path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal));

    private static bool IsAncestor(int ancestor, int id, Dictionary<int, int> parents)
    {
        for (var steps = 0; steps <= parents.Count && parents.TryGetValue(id, out var parent) && parent != id; steps++)
        {
            if (parent == ancestor)
            {
                return true;
            }

            id = parent;
        }

        return false;
    }

    // "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - tmpfs tmpfs rw,mode=755": any number of optional fields before the dash.
    private static Line ParseLine(string text)
    {
        var fields = text.Split(' ');
        var dash = Array.IndexOf(fields, "-", 5 < fields.Length ? 6 : 0);
        if (fields.Length < 9 || dash < 0 || dash + 1 >= fields.Length)
        {
            throw new FormatException($"not a line of mountinfo: {text}");
        }

        var id = int.Parse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture);
        var parent = int.Parse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture);
        var point = MountInfo.Unescape(fields[4]);
        var version = fields[dash + 1] switch { "cgroup" => CgroupVersion.One, "cgroup2" => CgroupVersion.Two, _ => default };
        if (version == default)
        {
            return new Line(id, parent, point, null);
        }

        var options = dash + 3 < fields.Length ? fields[dash + 3].Split(',') : [];
        return new Line(id, parent, point, new CgroupMount(point, MountInfo.Unescape(fields[3]), version, options));
    }
}
