namespace Containerize.Containers;

/// <summary>One health check.</summary>
public sealed record HealthResult
{
    /// <summary>When it began: RFC 3339, UTC.</summary>
    public string Start { get; init; } = "";

    /// <summary>When it ended.</summary>
    public string End { get; init; } = "";

    /// <summary>0: healthy.</summary>
    public int ExitCode { get; init; }

    /// <summary>What it said, up to 4096 bytes.</summary>
    public string Output { get; init; } = "";
}
