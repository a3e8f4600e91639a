using System.Globalization;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Cgroups;

/// <summary>Reads what a container uses off the files of its cgroups; what is not there, as a controller may not be, counts as nothing.</summary>
/// <remarks>https://docs.kernel.org/admin-guide/cgroup-v1/ and https://docs.kernel.org/admin-guide/cgroup-v2.html</remarks>
internal static class CgroupStatistics
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    // USER_HZ is 100 on all of Linux's architectures that we are compiled for.
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>Reads them.</summary>
    public static ContainerStatistics Read(IReadOnlyList<CgroupDirectory> directories)
    {
        if (directories is [{ Version: CgroupVersion.Two } unified])
        {
            return Version2(new CgroupFiles(unified));
        }

        CgroupFiles Of(string controller) => new(CgroupLimit.Find(directories, controller));
        return new ContainerStatistics
        {
            Cpu = Cpu1(Of("cpuacct"), Of("cpu")),
            Memory = Memory1(Of("memory")),
            Pids = Pids(Of("pids")),
            Blkio = Block1(Of("blkio")),
            Hugetlb = HugePages(size => Huge1(Of("hugetlb"), size)),
        };
    }

    /// <summary>How often the kernel has ended something for want of memory.</summary>
    public static ulong OutOfMemory(IReadOnlyList<CgroupDirectory> directories)
    {
        var count = 0ul;
        foreach (var directory in directories)
        {
            // Where both versions are, either may have the controller; the other has no such file.
            count += new CgroupFiles(directory).Table(directory.Version == CgroupVersion.Two ? "memory.events" : "memory.oom_control").GetValueOrDefault("oom_kill");
        }

        return count;
    }

    private static ContainerStatistics Version2(CgroupFiles files)
    {
        var cpu = files.Table("cpu.stat");
        var raw = files.Table("memory.stat");
        var memory = new MemoryUsage { Limit = files.Number("memory.max"), Usage = files.Number("memory.current"), Max = files.Number("memory.peak") };
        return new ContainerStatistics
        {
            Cpu = new CpuStatistics
            {
                Usage = new CpuUsage
                {
                    Total = cpu.GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond,
                    Kernel = cpu.GetValueOrDefault("system_usec") * NanosecondsPerMicrosecond,
                    User = cpu.GetValueOrDefault("user_usec") * NanosecondsPerMicrosecond,
                },
                Throttling = Throttling(cpu, "throttled_usec", NanosecondsPerMicrosecond),
            },
            Memory = new MemoryStatistics
            {
                Cache = raw.GetValueOrDefault("file"),
                Usage = memory,
                // As with version 1: the swap's numbers are memory and swap together.
                Swap = new MemoryUsage { Limit = Sum(memory.Limit, files.Number("memory.swap.max")), Usage = memory.Usage + files.Number("memory.swap.current") },
                Raw = raw,
            },
            Pids = Pids(files),
            Blkio = Block2(files),
            Hugetlb = HugePages(size => files.Has($"hugetlb.{size}.current")
                ? new HugePageStatistics { Usage = files.Number($"hugetlb.{size}.current"), Failcnt = files.Table($"hugetlb.{size}.events").GetValueOrDefault("max") } : null),
        };
    }

    private static CpuStatistics Cpu1(CgroupFiles account, CgroupFiles cpu)
    {
        var ticks = account.Table("cpuacct.stat");
        return new CpuStatistics
        {
            Usage = new CpuUsage
            {
                Total = account.Number("cpuacct.usage"),
                Percpu = [.. account.Words("cpuacct.usage_percpu").Select(CgroupFiles.Parse)],
                Kernel = ticks.GetValueOrDefault("system") * NanosecondsPerTick,
                User = ticks.GetValueOrDefault("user") * NanosecondsPerTick,
            },
            Throttling = Throttling(cpu.Table("cpu.stat"), "throttled_time", 1),
        };
    }

    private static CpuThrottling Throttling(Dictionary<string, ulong> table, string time, ulong unit) => new()
    {
        Periods = table.GetValueOrDefault("nr_periods"),
        ThrottledPeriods = table.GetValueOrDefault("nr_throttled"),
        ThrottledTime = table.GetValueOrDefault(time) * unit,
    };

    private static MemoryStatistics Memory1(CgroupFiles files)
    {
        var raw = files.Table("memory.stat");
        MemoryUsage Of(string prefix) => new()
        {
            Limit = files.Number(prefix + ".limit_in_bytes"),
            Usage = files.Number(prefix + ".usage_in_bytes"),
            Max = files.Number(prefix + ".max_usage_in_bytes"),
            Failcnt = files.Number(prefix + ".failcnt"),
        };
        return new MemoryStatistics
        {
            Cache = raw.GetValueOrDefault("cache"),
            Usage = Of("memory"),
            Swap = Of("memory.memsw"),
            Kernel = Of("memory.kmem"),
            KernelTcp = Of("memory.kmem.tcp"),
            Raw = raw,
        };
    }

    private static PidsStatistics Pids(CgroupFiles files)
    {
        var limit = files.Number("pids.max");
        return new PidsStatistics { Current = files.Number("pids.current"), Limit = limit == ulong.MaxValue ? 0 : limit };
    }

    private static BlockStatistics Block1(CgroupFiles files)
    {
        List<BlockEntry> Of(string file)
        {
            var entries = new List<BlockEntry>();
            foreach (var line in files.Lines(file))
            {
                if (line.Split(' ') is [var device, var operation, var number])
                {
                    entries.Add(Entry(device, operation, number));
                }
            }

            return entries;
        }

        return new BlockStatistics { IoServiceBytesRecursive = Of("blkio.throttle.io_service_bytes_recursive"), IoServicedRecursive = Of("blkio.throttle.io_serviced_recursive") };
    }

    private static BlockStatistics Block2(CgroupFiles files)
    {
        var statistics = new BlockStatistics();
        foreach (var line in files.Lines("io.stat"))
        {
            var words = line.Split(' ');
            foreach (var word in words[1..])
            {
                if (word.Split('=') is [var name, var number])
                {
                    (name is "rbytes" or "wbytes" ? statistics.IoServiceBytesRecursive : name is "rios" or "wios" ? statistics.IoServicedRecursive : null)?.Add(
                        Entry(words[0], name[0] == 'r' ? "Read" : "Write", number));
                }
            }
        }

        return statistics;
    }

    private static BlockEntry Entry(string device, string operation, string number)
    {
        var numbers = device.Split(':');
        return new BlockEntry { Major = CgroupFiles.Parse(numbers[0]), Minor = CgroupFiles.Parse(numbers[^1]), Op = operation, Value = CgroupFiles.Parse(number) };
    }

    private static HugePageStatistics? Huge1(CgroupFiles files, string size) => files.Has($"hugetlb.{size}.usage_in_bytes")
        ? new HugePageStatistics
        {
            Usage = files.Number($"hugetlb.{size}.usage_in_bytes"),
            Max = files.Number($"hugetlb.{size}.max_usage_in_bytes"),
            Failcnt = files.Number($"hugetlb.{size}.failcnt"),
        }
        : null;

    // The kernel names the sizes hugepages-2048kB, and the cgroup's files 2MB.
    private static Dictionary<string, HugePageStatistics> HugePages(Func<string, HugePageStatistics?> read)
    {
        const string Sizes = "/sys/kernel/mm/hugepages";
        const ulong Step = 1024;
        var pages = new Dictionary<string, HugePageStatistics>(StringComparer.Ordinal);
        foreach (var path in Directory.Exists(Sizes) ? Directory.EnumerateDirectories(Sizes) : [])
        {
            var kilobytes = CgroupFiles.Parse(Path.GetFileName(path).Replace("hugepages-", "", StringComparison.Ordinal).Replace("kB", "", StringComparison.Ordinal));
            var (number, unit) = kilobytes >= Step * Step ? (kilobytes / Step / Step, "GB") : kilobytes >= Step ? (kilobytes / Step, "MB") : (kilobytes, "KB");
            var size = number.ToString(CultureInfo.InvariantCulture) + unit;
            if (read(size) is { } statistics)
            {
                pages[size] = statistics;
            }
        }

        return pages;
    }

    private static ulong Sum(ulong a, ulong b) => a == ulong.MaxValue || b == ulong.MaxValue ? ulong.MaxValue : a + b;
}
