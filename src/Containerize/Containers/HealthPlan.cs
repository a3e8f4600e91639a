namespace Containerize.Containers;

/// <summary>A container's health check; times in milliseconds.</summary>
public sealed record HealthPlan
{
    /// <summary>The command and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Between two of them.</summary>
    public long Interval { get; init; } = 30_000;

    /// <summary>What takes longer has failed.</summary>
    public long Timeout { get; init; } = 30_000;

    /// <summary>For so long after the start failures do not count.</summary>
    public long StartPeriod { get; init; }

    /// <summary>Between two of them in that time.</summary>
    public long StartInterval { get; init; } = 5_000;

    /// <summary>So many failures in a row make it unhealthy.</summary>
    public int Retries { get; init; } = 3;
}
