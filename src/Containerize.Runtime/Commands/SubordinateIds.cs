using System.Globalization;
using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>The ids that a plain user has beside his own (subuid(5), subgid(5)), as maps of a user namespace.</summary>
internal static class SubordinateIds
{
    /// <summary>The user's own id as root, and then all that he has; without newuidmap, or where he has none, his own alone.</summary>
    public static LinuxSpec Maps()
    {
        var user = (uint)Syscall.Try(SyscallNumber.Geteuid);
        var group = (uint)Syscall.Try(SyscallNumber.Getegid);
        var canMap = Programs.Find("newuidmap") is not null && Programs.Find("newgidmap") is not null;
        var name = NameOf(user);
        var uids = canMap ? Ranges("/etc/subuid", name, user) : [];
        var gids = canMap ? Ranges("/etc/subgid", name, user) : [];
        // One without the other is of no use: a file has both.
        var both = uids.Count > 0 && gids.Count > 0;
        return new LinuxSpec { UidMappings = Map(user, both ? uids : []), GidMappings = Map(group, both ? gids : []) };
    }

    private static List<IdMapping> Map(uint own, List<(uint First, uint Count)> ranges)
    {
        var maps = new List<IdMapping> { new() { HostId = own, Size = 1 } };
        var next = 1u;
        foreach (var (first, count) in ranges)
        {
            maps.Add(new IdMapping { ContainerId = next, HostId = first, Size = count });
            next += count;
        }

        return maps;
    }

    private static List<(uint First, uint Count)> Ranges(string file, string? name, uint id)
    {
        var ranges = new List<(uint, uint)>();
        foreach (var line in File.Exists(file) ? File.ReadAllLines(file, Encoding.UTF8) : [])
        {
            var fields = line.Split(':');
            if (fields.Length == 3
                && (fields[0] == name || fields[0] == id.ToString(CultureInfo.InvariantCulture))
                && uint.TryParse(fields[1], out var first)
                && uint.TryParse(fields[2], out var count)
                && count > 0)
            {
                ranges.Add((first, count));
            }
        }

        return ranges;
    }

    private static string? NameOf(uint id)
    {
        foreach (var line in File.Exists("/etc/passwd") ? File.ReadAllLines("/etc/passwd", Encoding.UTF8) : [])
        {
            var fields = line.Split(':');
            if (fields.Length > 2 && fields[2] == id.ToString(CultureInfo.InvariantCulture))
            {
                return fields[0];
            }
        }

        return null;
    }
}
