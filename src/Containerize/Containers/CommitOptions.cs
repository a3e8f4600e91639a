namespace Containerize.Containers;

/// <summary>What is said of a new image that is made of a container.</summary>
public sealed record CommitOptions
{
    /// <summary>Who made it; null: nobody says.</summary>
    public string? Author { get; init; }

    /// <summary>A remark; null: none.</summary>
    public string? Message { get; init; }

    /// <summary>Instructions of a Dockerfile that change its configuration (<see cref="ConfigChange"/>).</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>When it is made.</summary>
    public DateTimeOffset Created { get; init; }
}
