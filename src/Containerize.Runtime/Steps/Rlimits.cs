using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>
/// Resource limits (prlimit(2)), set by the process itself as the last thing, as lowering one's own needs no right and setting those of
/// another user CAP_SYS_RESOURCE. What is to be raised the parent raises, which may have that where the container has a user namespace.
/// </summary>
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

            if (limit.Soft > limit.Hard)
            {
                throw Failure.Of(6012, $"setting {limit.Type} to {limit.Soft}:{limit.Hard}", "the soft limit is above the hard one", "Raise the hard limit, or lower the soft one.");
            }
        }
    }

    /// <summary>Raises another process's hard limits to what is asked; what we may not raise fails here, before the container is started.</summary>
    public static void Raise(int pid, IReadOnlyList<RlimitSpec>? limits)
    {
        var values = stackalloc ulong[2];
        foreach (var limit in limits ?? [])
        {
            var kind = Array.IndexOf(Names, limit.Type);
            if (Syscall.Try(SyscallNumber.Prlimit64, pid, kind, 0, (nint)values) == 0 && values[1] < limit.Hard)
            {
                values[1] = limit.Hard;
                Check(limit, Syscall.Try(SyscallNumber.Prlimit64, pid, kind, (nint)values, 0));
            }
        }
    }

    /// <summary>Sets our own limits.</summary>
    public static void Apply(IReadOnlyList<RlimitSpec>? limits)
    {
        var values = stackalloc ulong[2];
        foreach (var limit in limits ?? [])
        {
            values[0] = limit.Soft;
            values[1] = limit.Hard;
            Check(limit, Syscall.Try(SyscallNumber.Prlimit64, 0, Array.IndexOf(Names, limit.Type), (nint)values, 0));
        }
    }

    private static void Check(RlimitSpec limit, nint result)
    {
        if (result < 0)
        {
            throw Failure.Of(6003, $"setting {limit.Type} to {limit.Soft}:{limit.Hard}", $"prlimit64: {Errno.Describe((int)-result)}",
                "A hard limit is raised only with CAP_SYS_RESOURCE; ask for less.");
        }
    }
}
