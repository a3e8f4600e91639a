using System.Globalization;
using System.Text.Json;
using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>What a container uses at one moment.</summary>
internal sealed record ContainerUsage
{
    /// <summary>When.</summary>
    internal required DateTimeOffset At { get; init; }

    /// <summary>Processor time so far, in nanoseconds.</summary>
    internal long Processor { get; init; }

    /// <summary>Memory, in bytes, without what the kernel can take back at once.</summary>
    internal long Memory { get; init; }

    /// <summary>The limit on it.</summary>
    internal long MemoryLimit { get; init; }

    /// <summary>Bytes that came over the network.</summary>
    internal long Received { get; init; }

    /// <summary>Bytes that went.</summary>
    internal long Sent { get; init; }

    /// <summary>Bytes read from disks.</summary>
    internal long ReadBytes { get; init; }

    /// <summary>Bytes written to disks.</summary>
    internal long Written { get; init; }

    /// <summary>Its processes.</summary>
    internal long Processes { get; init; }

    /// <summary>Reads it off the kernel; null where the container does not run.</summary>
    internal static ContainerUsage? Read(LocalEngine engine, LocalContainer container)
    {
        if (!container.IsRunning || TryRead(Path.Combine(engine.Runtime.StateRoot, container.Id, "state.json")) is not { } state)
        {
            return null;
        }

        using var record = JsonDocument.Parse(state);
        var cgroups = new Dictionary<string, string>();
        if (record.RootElement.TryGetProperty("cgroupPaths", out var paths) && paths.ValueKind == JsonValueKind.Object)
        {
            foreach (var path in paths.EnumerateObject())
            {
                cgroups[path.Name] = path.Value.GetString() ?? "";
            }
        }

        var (received, sent) = Network(container.Status.Pid);
        var usage = new ContainerUsage { At = DateTimeOffset.UtcNow, Received = received, Sent = sent, MemoryLimit = MachineMemory() };
        if (!cgroups.Values.Any(Directory.Exists))
        {
            return OfProcesses(usage, ContainerProcesses.InNamespace(container.Status.Pid));
        }

        return cgroups.TryGetValue("", out var unified) && File.Exists(Path.Combine(unified, "memory.current")) ? OfVersion2(usage, unified) : OfVersion1(usage, cgroups);
    }

    // A plain user's container may have no cgroup: then what its processes say of themselves (proc(5)), those that live.
    private static ContainerUsage OfProcesses(ContainerUsage usage, IReadOnlyList<int> processes)
    {
        const long NanosecondsOfTick = 10_000_000;
        var (ticks, pages, read, written) = (0L, 0L, 0L, 0L);
        foreach (var process in processes)
        {
            var stat = TryRead($"/proc/{process}/stat") ?? "";
            // The name, in parentheses, may have any character in it.
            var fields = stat[Math.Min(stat.LastIndexOf(')') + 2, stat.Length)..].Split(' ');
            if (fields.Length > 21)
            {
                ticks += Number(fields[11]) + Number(fields[12]);
                pages += Number(fields[21]);
            }

            read += Named($"/proc/{process}/io", "read_bytes:");
            written += Named($"/proc/{process}/io", "write_bytes:");
        }

        return usage with { Processor = ticks * NanosecondsOfTick, Memory = pages * Environment.SystemPageSize, Processes = processes.Count, ReadBytes = read, Written = written };
    }

    private static ContainerUsage OfVersion2(ContainerUsage usage, string cgroup)
    {
        var (read, written) = (0L, 0L);
        foreach (var field in (TryRead(Path.Combine(cgroup, "io.stat")) ?? "").Split((char[])[' ', '\n']))
        {
            read += field.StartsWith("rbytes=", StringComparison.Ordinal) ? Number(field[7..]) : 0;
            written += field.StartsWith("wbytes=", StringComparison.Ordinal) ? Number(field[7..]) : 0;
        }

        return usage with
        {
            Processor = Named(Path.Combine(cgroup, "cpu.stat"), "usage_usec") * 1000,
            Memory = Math.Max(0, Number(TryRead(Path.Combine(cgroup, "memory.current"))) - Named(Path.Combine(cgroup, "memory.stat"), "inactive_file")),
            MemoryLimit = Limit(usage.MemoryLimit, Path.Combine(cgroup, "memory.max")),
            Processes = Number(TryRead(Path.Combine(cgroup, "pids.current"))),
            ReadBytes = read,
            Written = written,
        };
    }

    private static ContainerUsage OfVersion1(ContainerUsage usage, Dictionary<string, string> cgroups)
    {
        string? In(string controller, string file) => cgroups.TryGetValue(controller, out var cgroup) ? Path.Combine(cgroup, file) : null;
        var (read, written) = (0L, 0L);
        foreach (var line in (TryRead(In("blkio", "blkio.throttle.io_service_bytes")) ?? "").Split('\n'))
        {
            var fields = line.Split(' ');
            read += fields is [_, "Read", _] ? Number(fields[2]) : 0;
            written += fields is [_, "Write", _] ? Number(fields[2]) : 0;
        }

        return usage with
        {
            Processor = Number(TryRead(In("cpuacct", "cpuacct.usage") ?? In("cpu,cpuacct", "cpuacct.usage"))),
            Memory = Math.Max(0, Number(TryRead(In("memory", "memory.usage_in_bytes"))) - Named(In("memory", "memory.stat"), "total_inactive_file")),
            MemoryLimit = Limit(usage.MemoryLimit, In("memory", "memory.limit_in_bytes")),
            Processes = Number(TryRead(In("pids", "pids.current"))),
            ReadBytes = read,
            Written = written,
        };
    }

    private static long Limit(long machine, string? file) => Number(TryRead(file)) is > 0 and var limit && limit < machine ? limit : machine;

    private static (long Received, long Sent) Network(int pid)
    {
        var (received, sent) = (0L, 0L);
        foreach (var line in (TryRead($"/proc/{pid}/net/dev") ?? "").Split('\n').Skip(2))
        {
            var fields = line.Replace(':', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[0] != "lo")
            {
                received += Number(fields[1]);
                sent += Number(fields[9]);
            }
        }

        return (received, sent);
    }

    private static long MachineMemory() => Named("/proc/meminfo", "MemTotal:") * 1024;

    private static long Named(string? file, string name)
    {
        foreach (var line in (TryRead(file) ?? "").Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 1 && fields[0] == name)
            {
                return Number(fields[1]);
            }
        }

        return 0;
    }

    private static long Number(string? text) => long.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string? TryRead(string? path)
    {
        try
        {
            return path is not null && File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
