using System.Globalization;

namespace Containerize.Runtime.Monitoring;

/// <summary>Whether the kernel has ended something of a container for want of memory.</summary>
/// <remarks>https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.events), https://docs.kernel.org/admin-guide/cgroup-v1/memory.html (memory.oom_control)</remarks>
internal static class OutOfMemory
{
    /// <summary>Whether it has; asked before the container's cgroups go.</summary>
    public static bool Happened(string root, string id)
    {
        try
        {
            using var container = Container.Open(root, id, change: false);
            foreach (var (controller, path) in container.Record.CgroupPaths ?? [])
            {
                var file = controller switch { "" => "memory.events", "memory" => "memory.oom_control", _ => null };
                if (file is not null && Count(Path.Combine(path, file)) > 0)
                {
                    return true;
                }
            }
        }
        catch (ContainerizeException)
        {
            // Nothing is known of it any more.
        }

        return false;
    }

    private static int Count(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        foreach (var line in FileSystem.ReadText(Descriptor.WorkingDirectory, path).Split('\n'))
        {
            if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
            {
                return int.TryParse(line["oom_kill ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
            }
        }

        return 0;
    }
}
