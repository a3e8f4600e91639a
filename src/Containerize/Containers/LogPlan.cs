namespace Containerize.Containers;

/// <summary>Where a container's output goes.</summary>
public sealed record LogPlan
{
    /// <summary>"k8s-file" or "none".</summary>
    public string Driver { get; init; } = "k8s-file";

    /// <summary>At this size in bytes a file is put aside; 0: never.</summary>
    public long MaxSize { get; init; }

    /// <summary>So many files are kept.</summary>
    public int MaxFiles { get; init; } = 1;
}
