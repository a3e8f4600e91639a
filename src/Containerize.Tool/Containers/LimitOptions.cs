using System.CommandLine;
using System.Globalization;
using Containerize.Containers.Options;
using Containerize.Oci.Runtime;

namespace Containerize.Tool.Containers;

/// <summary>The options that bound what a container uses.</summary>
internal sealed class LimitOptions
{
    private const ulong Period = 100_000;

    private readonly Option<string?> _memory = ContainerOptions.One("--memory", "SIZE", "The most memory.", "-m");
    private readonly Option<string?> _reservation = ContainerOptions.One("--memory-reservation", "SIZE", "What it is pressed back to.");
    private readonly Option<string?> _swap = ContainerOptions.One("--memory-swap", "SIZE", "The most memory and swap together; -1: any.");
    private readonly Option<long?> _swappiness = Number("--memory-swappiness", "How gladly its memory is swapped out: 0 to 100.");
    private readonly Option<bool> _noKill = ContainerOptions.Flag("--oom-kill-disable", "It waits instead of being ended for want of memory.");
    private readonly Option<int?> _score = new("--oom-score-adj") { Description = "How gladly the kernel ends it: -1000 to 1000.", HelpName = "NUMBER" };
    private readonly Option<string?> _cpus = ContainerOptions.One("--cpus", "NUMBER", "How many processors' time: 0.5, 2 ...");
    private readonly Option<long?> _shares = Number("--cpu-shares", "Its share of time beside others; 1024 is usual.", "-c");
    private readonly Option<long?> _period = Number("--cpu-period", "The period of --cpu-quota, in microseconds.");
    private readonly Option<long?> _quota = Number("--cpu-quota", "The most time in a period, in microseconds.");
    private readonly Option<string?> _cpuset = ContainerOptions.One("--cpuset-cpus", "0-1,3", "On which processors.");
    private readonly Option<string?> _mems = ContainerOptions.One("--cpuset-mems", "0-1", "On which memory nodes.");
    private readonly Option<long?> _pids = Number("--pids-limit", "The most processes; -1: any.");
    private readonly Option<int?> _weight = new("--blkio-weight") { Description = "Its share of the disks' time: 10 to 1000.", HelpName = "NUMBER" };
    private readonly Option<string[]> _weights = ContainerOptions.Several("--blkio-weight-device", "DEVICE:WEIGHT", "The same of one disk.");
    private readonly Option<string[]> _readRates = ContainerOptions.Several("--device-read-bps", "DEVICE:RATE", "The most bytes that it reads of a disk in a second.");
    private readonly Option<string[]> _writeRates = ContainerOptions.Several("--device-write-bps", "DEVICE:RATE", "The most that it writes.");
    private readonly Option<string[]> _reads = ContainerOptions.Several("--device-read-iops", "DEVICE:RATE", "The most reads of a disk in a second.");
    private readonly Option<string[]> _writes = ContainerOptions.Several("--device-write-iops", "DEVICE:RATE", "The most writes.");
    private readonly Option<string?> _shm = ContainerOptions.One("--shm-size", "SIZE", "The size of /dev/shm; 64m.");
    private readonly Option<string[]> _limits = ContainerOptions.Several("--ulimit", "NAME=SOFT[:HARD]", "A limit of its processes.");

    internal IEnumerable<Option> All =>
        [_memory, _reservation, _swap, _swappiness, _noKill, _score, _cpus, _shares, _period, _quota, _cpuset, _mems, _pids, _weight, _weights, _readRates, _writeRates, _reads, _writes, _shm, _limits];

    internal ResourcesSpec Read(ParseResult parsed)
    {
        var memory = Size(parsed, _memory);
        var swap = Size(parsed, _swap);
        if (swap > 0 && (memory is null || swap < memory))
        {
            throw new ContainerizeException(5020, "reading --memory-swap", memory is null ? "it is memory and swap together, and no memory is given" : "it is less than the memory", "Give --memory too, and not more than this.");
        }

        var cpus = Cpus(parsed);
        var specification = new ResourcesSpec
        {
            Memory = memory is null && Size(parsed, _reservation) is null && parsed.GetValue(_swappiness) is null && !parsed.GetValue(_noKill)
                ? null
                : new MemoryResources
                {
                    Limit = memory,
                    Reservation = Size(parsed, _reservation),
                    Swap = swap,
                    Swappiness = parsed.GetValue(_swappiness) is >= 0 and var swappiness ? (ulong)swappiness : null,
                    DisableOomKiller = parsed.GetValue(_noKill) ? true : null,
                },
            Pids = parsed.GetValue(_pids) is { } pids ? new PidsResources { Limit = pids <= 0 ? -1 : pids } : null,
            BlockIo = BlockIo(parsed),
            Cpu = cpus is null && parsed.GetValue(_shares) is null && parsed.GetValue(_quota) is null && parsed.GetValue(_period) is null && parsed.GetValue(_cpuset) is null && parsed.GetValue(_mems) is null
                ? null
                : new CpuResources
                {
                    Shares = parsed.GetValue(_shares) is > 0 and var shares ? (ulong)shares : null,
                    Quota = cpus ?? parsed.GetValue(_quota),
                    Period = cpus is not null ? Period : parsed.GetValue(_period) is > 0 and var period ? (ulong)period : null,
                    Cpus = parsed.GetValue(_cpuset),
                    Mems = parsed.GetValue(_mems),
                },
        };
        return specification;
    }

    internal long SharedMemory(ParseResult parsed) => Size(parsed, _shm) is > 0 and var size ? size : 64L << 20;

    internal IReadOnlyList<RlimitSpec> Processes(ParseResult parsed) => [.. ContainerOptions.Values(parsed, _limits).Select(LimitOption.Parse)];

    internal int? OutOfMemoryScore(ParseResult parsed) => parsed.GetValue(_score) is not { } score ? null
        : score is >= -1000 and <= 1000 ? score
        : throw new ContainerizeException(5020, $"reading --oom-score-adj {score}", "it is not from -1000 to 1000", "Write for example 500.");

    private BlockIoResources? BlockIo(ParseResult parsed)
    {
        var weight = parsed.GetValue(_weight) is 0 ? null : parsed.GetValue(_weight);
        if (weight is < 10 or > 1000)
        {
            throw new ContainerizeException(5020, $"reading --blkio-weight {weight}", "it is not from 10 to 1000", "Write for example 500.");
        }

        var io = new BlockIoResources
        {
            Weight = (ushort?)weight,
            WeightDevice = Each(parsed, _weights, RateOption.Weight),
            ThrottleReadBpsDevice = Each(parsed, _readRates, RateOption.Bytes),
            ThrottleWriteBpsDevice = Each(parsed, _writeRates, RateOption.Bytes),
            ThrottleReadIopsDevice = Each(parsed, _reads, RateOption.Operations),
            ThrottleWriteIopsDevice = Each(parsed, _writes, RateOption.Operations),
        };
        return io == new BlockIoResources() ? null : io;
    }

    private static T[]? Each<T>(ParseResult parsed, Option<string[]> option, Func<string, string, T> read) =>
        ContainerOptions.Values(parsed, option) is { Length: > 0 } values ? [.. values.Select(v => read(option.Name, v))] : null;

    private long? Cpus(ParseResult parsed)
    {
        // As docker: zero is no limit.
        if (parsed.GetValue(_cpus) is not { } text || text is "0" or "0.0")
        {
            return null;
        }

        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0.01m and <= 100_000
            ? (long)(number * Period)
            : throw new ContainerizeException(5020, $"reading --cpus {text}", "it is not a number of processors", "Write for example 0.5 or 2.");
    }

    private static long? Size(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? ByteCount.Parse(option.Name, text) : null;

    private static Option<long?> Number(string name, string description, params string[] aliases) => new(name, aliases) { Description = description, HelpName = "NUMBER" };
}
