namespace Containerize.Oci.Runtime;

/// <summary>What a runtime says of a container, also to its hooks (runtime-spec runtime.md, State).</summary>
public sealed record ContainerState
{
    /// <summary>The version of the specification.</summary>
    public string? OciVersion { get; init; }

    /// <summary>The container's id.</summary>
    public string? Id { get; init; }

    /// <summary>creating, created, running, paused or stopped.</summary>
    public string? Status { get; init; }

    /// <summary>The first process as the host sees it; absent or 0 where there is none.</summary>
    public int? Pid { get; init; }

    /// <summary>The bundle's directory; absolute.</summary>
    public string? Bundle { get; init; }

    /// <summary>The annotations of config.json.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
