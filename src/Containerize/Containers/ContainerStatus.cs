namespace Containerize.Containers;

/// <summary>What a local container's monitor knows of it: state.json in the container's directory, replaced whole at each change.</summary>
/// <remarks>It is the truth while somebody holds the lock on monitor.lock beside it; else the monitor has ended without a word.</remarks>
public sealed record ContainerStatus
{
    /// <summary>created, running, paused, restarting or exited.</summary>
    public string Status { get; init; } = "created";

    /// <summary>The container's first process as the host sees it; 0: there is none.</summary>
    public int Pid { get; init; }

    /// <summary>The monitor's process; 0: there is none.</summary>
    public int MonitorPid { get; init; }

    /// <summary>When it was started last: RFC 3339, UTC; null: never.</summary>
    public string? StartedAt { get; init; }

    /// <summary>When it ended last.</summary>
    public string? FinishedAt { get; init; }

    /// <summary>How it ended: its exit code, 128 + the number of a signal; 126 or 127 where it could not be started.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why it could not be started; null: it could.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the kernel ended it for want of memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>How often it was started again by its policy.</summary>
    public int Restarts { get; init; }

    /// <summary>Whether somebody asked it to end: policies do not start it again then.</summary>
    public bool Stopped { get; init; }

    /// <summary>Its health; null: it has no check.</summary>
    public HealthStatus? Health { get; init; }

    /// <summary>The ports as they came to be; null: none.</summary>
    public IReadOnlyList<PortPlan>? Ports { get; init; }

    /// <summary>Its address in its named network; null: none.</summary>
    public string? Address { get; init; }

    /// <summary>The kernel's boot (/proc/sys/kernel/random/boot_id) in which all this is so.</summary>
    public string? Boot { get; init; }
}
