namespace Containerize.Containers;

/// <summary>A container's health.</summary>
public sealed record HealthStatus
{
    /// <summary>starting, healthy or unhealthy.</summary>
    public string Status { get; init; } = "starting";

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>The last five checks, the newest last.</summary>
    public IReadOnlyList<HealthResult>? Log { get; init; }
}
