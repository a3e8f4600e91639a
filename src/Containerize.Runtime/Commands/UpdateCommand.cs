using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Commands;

/// <summary>`update`.</summary>
internal static class UpdateCommand
{
    private const int MostBytes = 1024 * 1024;

    private static readonly string[] Values =
    [
        "resources,r", "memory", "memory-reservation", "memory-swap", "cpu-period", "cpu-quota", "cpu-burst", "cpu-share", "cpu-rt-period", "cpu-rt-runtime",
        "cpu-idle", "cpuset-cpus", "cpuset-mems", "blkio-weight", "pids-limit", "kernel-memory", "kernel-memory-tcp",
    ];

    /// <summary>Changes the limits of a container.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("update", invocation.Words, [], Values);
        using var container = Container.Open(invocation.Root, options.Expect(1, 1, "the id of the container")[0], change: true);
        var change = options.Value("resources") is { } file ? Read(file) : FromOptions(options);
        if (container.Status(locked: true) == "stopped")
        {
            throw Failure.Of(6008, $"updating container {container.Record.Id}", "container not running: it is stopped");
        }

        using var cgroup = container.OpenCgroup();
        var applied = cgroup.Update(container.Record.Resources ?? container.State.TryReadConfig()?.Linux?.Resources, change);
        container.Update(container.Record with { Resources = applied });
        return 0;
    }

    private static ResourcesSpec Read(string file)
    {
        using var opened = file == "-" ? null : FileSystem.Open(Descriptor.WorkingDirectory, file, OpenFlags.ReadOnly);
        return Bundle.Parse(FileSystem.ReadToEnd(opened?.Number ?? 0, MostBytes, file), $"reading the resources {file}", RuntimeDocuments.ReadResourcesSpec);
    }

    private static ResourcesSpec FromOptions(Options options) => new()
    {
        Memory = new MemoryResources
        {
            Limit = Bytes(options, "memory"),
            Reservation = Bytes(options, "memory-reservation"),
            Swap = Bytes(options, "memory-swap"),
        },
        Cpu = new CpuResources
        {
            Period = (ulong?)options.Number("cpu-period"),
            Quota = options.Number("cpu-quota"),
            Burst = (ulong?)options.Number("cpu-burst"),
            Shares = (ulong?)options.Number("cpu-share"),
            RealtimePeriod = (ulong?)options.Number("cpu-rt-period"),
            RealtimeRuntime = options.Number("cpu-rt-runtime"),
            Idle = options.Number("cpu-idle"),
            Cpus = options.Value("cpuset-cpus"),
            Mems = options.Value("cpuset-mems"),
        },
        BlockIo = options.Number("blkio-weight") is { } weight ? new BlockIoResources { Weight = checked((ushort)weight) } : null,
        Pids = options.Number("pids-limit") is { } pids ? new PidsResources { Limit = pids } : null,
    };

    // 512m, as docker has it.
    private static long? Bytes(Options options, string name)
    {
        if (options.Value(name) is not { Length: > 0 } text)
        {
            return null;
        }

        var shift = char.ToLowerInvariant(text[^1] is 'b' or 'B' && text.Length > 1 ? text[^2] : text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0 };
        var number = text.TrimEnd('b', 'B', 'k', 'K', 'm', 'M', 'g', 'G', 't', 'T');
        return long.TryParse(number, out var value) ? value < 0 ? value : checked(value << shift) : throw Options.Bad("update", $"invalid value for {name}: {text}");
    }
}
