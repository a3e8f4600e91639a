using System.Globalization;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>The CPUs on which a process of `exec` runs, before and after it is in the container's cgroup (config.md, execCPUAffinity).</summary>
internal static unsafe class CpuAffinity
{
    // More than any kernel is built for (CONFIG_NR_CPUS).
    private const int MostCpus = 65536;
    private const int Bits = 64;

    /// <summary>Finds a list that is none (CTZ6012).</summary>
    public static void Check(CpuAffinitySpec? spec)
    {
        Parse(spec?.Initial);
        Parse(spec?.Final);
    }

    /// <summary>Sets those of a process with one thread, or of the thread of a process that executes the program; an empty list changes nothing.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="list">As "0-3,7".</param>
    public static void Apply(int pid, string? list)
    {
        var mask = Parse(list);
        if (mask.Length > 0)
        {
            fixed (ulong* bits = mask)
            {
                var set = Syscall.Try(SyscallNumber.SchedSetaffinity, pid, mask.Length * sizeof(ulong), (nint)bits);
                Failure.Step($"running the process on the CPUs {list}", () => Syscall.Check(set, "sched_setaffinity"));
            }
        }
    }

    /// <summary>A list as the kernel takes it; empty where it is.</summary>
    public static ulong[] Parse(string? list)
    {
        var mask = new ulong[string.IsNullOrEmpty(list) ? 0 : 1];
        foreach (var part in mask.Length == 0 ? [] : list!.Split(','))
        {
            // As runc, which passes over spaces and empty parts.
            var range = part.Trim();
            if (range.Length == 0)
            {
                continue;
            }

            var dash = range.IndexOf('-');
            var first = Number(dash < 0 ? range : range[..dash], list);
            var last = dash < 0 ? first : Number(range[(dash + 1)..], list);
            if (last < first)
            {
                throw Bad(list);
            }

            if (last / Bits >= mask.Length)
            {
                Array.Resize(ref mask, (last / Bits) + 1);
            }

            for (var cpu = first; cpu <= last; cpu++)
            {
                mask[cpu / Bits] |= 1ul << (cpu % Bits);
            }
        }

        return mask is [0] ? throw Bad(list) : mask;
    }

    private static int Number(string text, string? list) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < MostCpus ? number : throw Bad(list);

    private static ContainerizeException Bad(string? list) =>
        Failure.Of(6012, "reading process.execCPUAffinity", $"\"{list}\" is not a list of CPUs", "Write numbers and ranges, as 0-3,7.");
}
