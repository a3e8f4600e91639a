namespace Containerize.Containers;

/// <summary>A line of the event log: something that has happened to a container.</summary>
public sealed record EventRecord
{
    /// <summary>When: RFC 3339, UTC.</summary>
    public string Time { get; init; } = "";

    /// <summary>What, in docker's words: create, start, oom, die, pause, unpause, health_status: ..., rename, destroy.</summary>
    public string Action { get; init; } = "";

    /// <summary>To which.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its name; null: as before.</summary>
    public string? Name { get; init; }

    /// <summary>Its image; null: as before.</summary>
    public string? Image { get; init; }

    /// <summary>How it ended.</summary>
    public int? ExitCode { get; init; }
}
