using System.Globalization;
using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>Finds out what a container's configuration has to know of this machine.</summary>
internal static class MachineFacts
{
    private const uint TerminalGroup = 5;

    internal static bool IsRoot => Linux.Syscall.Try(Linux.SyscallNumber.Geteuid) == 0;

    internal static Machine Read()
    {
        var rootless = !IsRoot || !IsWhole(TryRead("/proc/self/uid_map"));
        var unified = File.Exists("/sys/fs/cgroup/cgroup.controllers");
        return new Machine
        {
            Rootless = rootless,
            UnifiedCgroups = unified,
            OwnsCgroups = !rootless || OwnsCgroup(unified),
            LastUser = Last(TryRead("/proc/self/uid_map")),
            LastGroup = Last(TryRead("/proc/self/gid_map")),
            LimitsSwap = LimitsSwap(unified),
            HasMessageQueues = Directory.Exists("/dev/mqueue"),
            Capabilities = Capabilities(),
            HasAppArmor = TryRead("/sys/module/apparmor/parameters/enabled").StartsWith('Y'),
            TerminalGroup = Maps(TryRead("/proc/self/gid_map"), TerminalGroup) ? TerminalGroup : null,
        };
    }

    // In the first namespace every id is mapped to itself (user_namespaces(7)).
    private static bool IsWhole(string map) => map.Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];

    private static bool Maps(string map, uint id) => Ranges(map).Any(r => id >= r.First && id - r.First < r.Size);

    private static uint Last(string map) => Ranges(map).Select(r => r.First + r.Size - 1).DefaultIfEmpty(uint.MaxValue - 1).Max();

    private static IEnumerable<(uint First, uint Size)> Ranges(string map) => map.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(f => f.Length == 3 && uint.TryParse(f[0], out _) && uint.TryParse(f[2], out _))
        .Select(f => (uint.Parse(f[0], CultureInfo.InvariantCulture), uint.Parse(f[2], CultureInfo.InvariantCulture)));

    // A container is given what our own bounding set has: also root's may be without some, as in another container.
    private static ulong Capabilities()
    {
        const string Line = "CapBnd:";
        var line = TryRead("/proc/self/status").Split('\n').FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line[Line.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set) ? set : ulong.MaxValue;
    }

    private static bool LimitsSwap(bool unified) => unified
        ? File.Exists($"/sys/fs/cgroup{TryRead("/proc/self/cgroup").Trim()["0::".Length..]}/memory.swap.max")
        : File.Exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");

    // Of version 2 the one beside our own, and of version 1 that of memory, below our own.
    private static bool OwnsCgroup(bool unified)
    {
        foreach (var line in TryRead("/proc/self/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(':', 3);
            if (fields.Length != 3 || !(unified ? fields[0] == "0" : fields[1].Split(',').Contains("memory")))
            {
                continue;
            }

            var place = unified ? "/sys/fs/cgroup" + fields[2][..Math.Max(fields[2].LastIndexOf('/'), 0)] : "/sys/fs/cgroup/memory" + fields[2];
            return MayWrite(place);
        }

        return false;
    }

    private static bool MayWrite(string path)
    {
        using var text = new Linux.NativeText(path);
        const int Write = 2;
        const int Effective = 0x200;
        return Linux.Syscall.Try(Linux.SyscallNumber.Faccessat2, Linux.Descriptor.WorkingDirectory, text.Address, Write, Effective) >= 0;
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
