namespace Containerize.Runtime.Cgroups;

/// <summary>Values of version 1, in which the specification speaks, as version 2 has them.</summary>
internal static class ResourceConversion
{
    /// <summary>cpu.shares (2 to 262144, usually 1024) as cpu.weight (1 to 10000, usually 100).</summary>
    /// <remarks>
    /// The curve through the three pairs that both crun and runc have changed to; a straight line gave the usual shares a weight of 39
    /// (https://github.com/kubernetes/kubernetes/issues/131216).
    /// </remarks>
    public static ulong CpuWeight(ulong shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262144)
        {
            return 10000;
        }

        var log = Math.Log2(shares);
        return (ulong)Math.Ceiling(Math.Pow(10, ((log * log) + (125 * log)) / 612 - (7.0 / 34)));
    }

    /// <summary>blkio.weight (10 to 1000) as io.weight (1 to 10000), along a straight line.</summary>
    public static ulong IoWeight(ushort weight) => weight <= 10 ? 1 : 1 + ((weight - 10UL) * 9999 / 990);

    /// <summary>Memory and swap together, as swap alone; null: unset, -1: no limit.</summary>
    /// <exception cref="ContainerizeException">The memory's part is unknown, or more than both.</exception>
    public static long? Swap(long together, long memory)
    {
        if (together == 0)
        {
            // Memory without a limit alone would still be limited by swap, which version 1 lifts with it.
            return memory == -1 ? -1 : null;
        }

        if (together == -1 || memory == -1)
        {
            return together;
        }

        if (memory == 0)
        {
            throw ResourcePlan.Refused("memory.swap is memory and swap together, and memory.limit is not given");
        }

        if (memory < 0)
        {
            throw ResourcePlan.Refused($"memory.limit is {memory}");
        }

        return together >= memory
            ? together - memory
            : throw ResourcePlan.Refused($"memory.swap, {together}, is memory and swap together, and less than memory.limit, {memory}");
    }
}
