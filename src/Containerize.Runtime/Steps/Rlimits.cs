using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Resource limits (prlimit(2)), set by the parent, which may have the right to raise them.</summary>
internal static unsafe class Rlimits
{
    private static readonly string[] Names =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    /// <summary>Finds a kind that is unknown, or given twice (CTZ6012).</summary>
    public static void Check(IReadOnlyList<RlimitSpec>? limits)
    {
        var seen = new HashSet<string>();
        foreach (var limit in limits ?? [])
        {
            if (Array.IndexOf(Names, limit.Type) < 0)
            {
                throw Failure.Of(6012, "reading process.rlimits", $"invalid rlimit type: {limit.Type}", "Use a name of getrlimit(2), as RLIMIT_NOFILE.");
            }

            if (!seen.Add(limit.Type!))
            {
                throw Failure.Of(6012, "reading process.rlimits", $"{limit.Type} is given twice", "Leave one.");
            }
        }
    }

    /// <summary>Sets the limits of a process.</summary>
    public static void Apply(int pid, IReadOnlyList<RlimitSpec>? limits)
    {
        var values = stackalloc ulong[2];
        foreach (var limit in limits ?? [])
        {
            values[0] = limit.Soft;
            values[1] = limit.Hard;
            var result = Syscall.Try(SyscallNumber.Prlimit64, pid, Array.IndexOf(Names, limit.Type), (nint)values, 0);
            if (result < 0)
            {
                throw Failure.Of(6003, $"setting {limit.Type} to {limit.Soft}:{limit.Hard}", $"prlimit64: {Errno.Describe((int)-result)}",
                    "A hard limit is raised only with CAP_SYS_RESOURCE; ask for less.");
            }
        }
    }
}
