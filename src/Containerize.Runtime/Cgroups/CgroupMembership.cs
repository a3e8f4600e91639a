namespace Containerize.Runtime.Cgroups;

/// <summary>Where a process is in each hierarchy: /proc/PID/cgroup (cgroups(7)).</summary>
internal static class CgroupMembership
{
    /// <summary>Reads the lines "hierarchy:controllers:path".</summary>
    /// <returns>The path by controller; a named hierarchy is "name=..." and that of version 2 the empty name.</returns>
    /// <exception cref="FormatException">A line has not two colons.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // The path may have colons of its own.
            var fields = line.Split(':', 3);
            if (fields.Length < 3)
            {
                throw new FormatException($"not a line of /proc/PID/cgroup: {line}");
            }

            foreach (var controller in fields[1].Split(','))
            {
                paths[controller] = fields[2];
            }
        }

        return paths;
    }
}
