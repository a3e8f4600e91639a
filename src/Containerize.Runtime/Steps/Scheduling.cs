using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>Scheduling policy, I/O priority, execution domain.</summary>
internal static unsafe class Scheduling
{
    private static readonly string[] Policies = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"];

    private static readonly string[] Flags =
    [
        "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY", "SCHED_FLAG_KEEP_PARAMS",
        "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX",
    ];

    /// <summary>Sets what the process asks for, on the calling thread.</summary>
    public static void Apply(ProcessSpec process)
    {
        if (process.Scheduler is { } scheduler)
        {
            Failure.Step($"setting the scheduler {scheduler.Policy}", () => SetScheduler(scheduler));
        }

        if (process.IoPriority is { } priority)
        {
            Failure.Step($"setting the I/O priority {priority.Class}:{priority.Priority}", () => SetIoPriority(priority));
        }
    }

    /// <summary>Sets the execution domain.</summary>
    public static void SetPersonality(PersonalitySpec? personality)
    {
        if (personality is null)
        {
            return;
        }

        var domain = personality.Domain switch
        {
            "LINUX" => 0,
            "LINUX32" => 8,
            _ => throw Failure.Of(6012, "reading linux.personality", $"unknown domain {personality.Domain}", "Use LINUX or LINUX32."),
        };
        Failure.Step($"setting the personality {personality.Domain}", () => Syscall.Check(Syscall.Try(SyscallNumber.Personality, domain), "personality"));
    }

    private static void SetScheduler(SchedulerSpec scheduler)
    {
        var policy = Array.IndexOf(Policies, scheduler.Policy);
        if (policy < 0)
        {
            throw Failure.Of(6012, "reading process.scheduler", $"unknown policy {scheduler.Policy}", "Use a policy of sched(7), as SCHED_BATCH.");
        }

        // struct sched_attr, version 0: size, policy, flags, nice, priority, runtime, deadline, period.
        var attributes = stackalloc ulong[6];
        ((uint*)attributes)[0] = 48;
        ((uint*)attributes)[1] = (uint)policy;
        attributes[1] = FlagsOf(scheduler);
        ((int*)attributes)[4] = scheduler.Nice;
        ((int*)attributes)[5] = scheduler.Priority;
        attributes[3] = scheduler.Runtime;
        attributes[4] = scheduler.Deadline;
        attributes[5] = scheduler.Period;
        Syscall.Check(Syscall.Try(SyscallNumber.SchedSetattr, 0, (nint)attributes, 0), "sched_setattr");
    }

    private static ulong FlagsOf(SchedulerSpec scheduler)
    {
        var flags = 0ul;
        foreach (var flag in scheduler.Flags ?? [])
        {
            var bit = Array.IndexOf(Flags, flag);
            flags |= bit < 0 ? throw Failure.Of(6012, "reading process.scheduler", $"unknown flag {flag}", "Use a flag of sched_setattr(2).") : 1ul << bit;
        }

        return flags;
    }

    private static void SetIoPriority(IoPrioritySpec priority)
    {
        var kind = priority.Class switch
        {
            "IOPRIO_CLASS_RT" => 1,
            "IOPRIO_CLASS_BE" => 2,
            "IOPRIO_CLASS_IDLE" => 3,
            _ => throw Failure.Of(6012, "reading process.ioPriority", $"unknown class {priority.Class}", "Use IOPRIO_CLASS_RT, IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE."),
        };
        const int OfProcess = 1;
        Syscall.Check(Syscall.Try(SyscallNumber.IoprioSet, OfProcess, 0, (kind << 13) | priority.Priority), "ioprio_set");
    }
}
