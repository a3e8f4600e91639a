using System.Text.Json.Serialization;

namespace Containerize.Oci.Runtime;

/// <summary>A process in a container: the first one, or one that `exec` adds (config.md, Process).</summary>
public sealed record ProcessSpec
{
    /// <summary>Whether it has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The terminal's size, where it has one.</summary>
    public ConsoleSize? ConsoleSize { get; init; }

    /// <summary>User, groups and umask.</summary>
    public UserSpec? User { get; init; }

    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>The whole environment, NAME=value.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>The working directory; absolute.</summary>
    public string? Cwd { get; init; }

    /// <summary>The five sets of capabilities; absent: none are changed but by the change of user.</summary>
    public CapabilitiesSpec? Capabilities { get; init; }

    /// <summary>Resource limits (setrlimit(2)), each kind once.</summary>
    public IReadOnlyList<RlimitSpec>? Rlimits { get; init; }

    /// <summary>Whether no program gives more privileges than it has (PR_SET_NO_NEW_PRIVS).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>The SELinux label.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>What is written to oom_score_adj, -1000 to 1000; absent: it stays as it is.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>The scheduling policy (sched_setattr(2)).</summary>
    public SchedulerSpec? Scheduler { get; init; }

    /// <summary>The I/O priority (ioprio_set(2)).</summary>
    public IoPrioritySpec? IoPriority { get; init; }

    /// <summary>The CPUs on which it starts and on which it runs on, for `exec`.</summary>
    [JsonPropertyName("execCPUAffinity")]
    public CpuAffinitySpec? ExecCpuAffinity { get; init; }
}

/// <summary>The size of a terminal in characters.</summary>
public sealed record ConsoleSize
{
    /// <summary>Rows.</summary>
    public uint Height { get; init; }

    /// <summary>Columns.</summary>
    public uint Width { get; init; }
}

/// <summary>Who a process is, in the container's own ids (config.md, User).</summary>
public sealed record UserSpec
{
    /// <summary>The user id.</summary>
    public uint Uid { get; init; }

    /// <summary>The group id.</summary>
    public uint Gid { get; init; }

    /// <summary>The umask; absent: 0022.</summary>
    public uint? Umask { get; init; }

    /// <summary>More group ids.</summary>
    public IReadOnlyList<uint>? AdditionalGids { get; init; }
}

/// <summary>Five sets of capabilities by name, as CAP_CHOWN (capabilities(7)).</summary>
public sealed record CapabilitiesSpec
{
    /// <summary>What a program can have at most.</summary>
    public IReadOnlyList<string>? Bounding { get; init; }

    /// <summary>What counts.</summary>
    public IReadOnlyList<string>? Effective { get; init; }

    /// <summary>What a program's file may give on.</summary>
    public IReadOnlyList<string>? Inheritable { get; init; }

    /// <summary>What can be made effective.</summary>
    public IReadOnlyList<string>? Permitted { get; init; }

    /// <summary>What an ordinary program keeps over exec.</summary>
    public IReadOnlyList<string>? Ambient { get; init; }
}

/// <summary>One resource limit (getrlimit(2)).</summary>
public sealed record RlimitSpec
{
    /// <summary>The name, as RLIMIT_NOFILE.</summary>
    public string? Type { get; init; }

    /// <summary>The soft limit.</summary>
    public ulong Soft { get; init; }

    /// <summary>The hard limit.</summary>
    public ulong Hard { get; init; }
}

/// <summary>A scheduling policy (sched_setattr(2)).</summary>
public sealed record SchedulerSpec
{
    /// <summary>The policy, as SCHED_BATCH.</summary>
    public string? Policy { get; init; }

    /// <summary>The nice value, of SCHED_OTHER and SCHED_BATCH.</summary>
    public int Nice { get; init; }

    /// <summary>The priority, of SCHED_FIFO and SCHED_RR.</summary>
    public int Priority { get; init; }

    /// <summary>Flags, as SCHED_FLAG_RESET_ON_FORK.</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>Nanoseconds, of SCHED_DEADLINE.</summary>
    public ulong Runtime { get; init; }

    /// <summary>Nanoseconds, of SCHED_DEADLINE.</summary>
    public ulong Deadline { get; init; }

    /// <summary>Nanoseconds, of SCHED_DEADLINE.</summary>
    public ulong Period { get; init; }
}

/// <summary>An I/O priority (ioprio_set(2)).</summary>
public sealed record IoPrioritySpec
{
    /// <summary>IOPRIO_CLASS_RT, IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE.</summary>
    public string? Class { get; init; }

    /// <summary>0, the highest, to 7.</summary>
    public int Priority { get; init; }
}

/// <summary>Lists of CPUs as "0-3,7" (runtime-spec 1.2, config.md, execCPUAffinity).</summary>
public sealed record CpuAffinitySpec
{
    /// <summary>Before the process joins the container's cgroup.</summary>
    public string? Initial { get; init; }

    /// <summary>After it has joined.</summary>
    public string? Final { get; init; }
}
