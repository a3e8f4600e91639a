namespace Containerize.Containers;

/// <summary>Whether a container is started again.</summary>
public sealed record RestartPlan
{
    /// <summary>no, on-failure, always or unless-stopped.</summary>
    public string Policy { get; init; } = "no";

    /// <summary>How often at most, of on-failure; 0: as often as it takes.</summary>
    public int Most { get; init; }
}
