using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>What a local container was made of: container.json in its directory.</summary>
public sealed record StoredContainer
{
    /// <summary>Its id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>When it was made: RFC 3339, UTC.</summary>
    public string Created { get; init; } = "";

    /// <summary>The image as it was named.</summary>
    public string Image { get; init; } = "";

    /// <summary>The digest of the image's manifest; null: a project, which has none.</summary>
    public Digest? ImageDigest { get; init; }

    /// <summary>The layers' contents, the lowest first.</summary>
    public IReadOnlyList<Digest> DiffIds { get; init; } = [];

    /// <summary>The image's configuration with what the options changed.</summary>
    public ContainerConfig Config { get; init; } = new();

    /// <summary>The image's architecture.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Its volumes and binds; of volumes the name is kept beside the path.</summary>
    public IReadOnlyList<StoredMount> Mounts { get; init; } = [];

    /// <summary>Whether it has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Where containers that have this one's network find its files; null: in its own directory.</summary>
    public string? NetworkDirectory { get; init; }
}
