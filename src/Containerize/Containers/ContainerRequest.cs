using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>A container to be made.</summary>
public sealed record ContainerRequest
{
    /// <summary>Its name; null: one is made.</summary>
    public string? Name { get; init; }

    /// <summary>What is wanted of it.</summary>
    public RunOptions Options { get; init; } = new();

    /// <summary>The image as it was named.</summary>
    public string ImageName { get; init; } = "";

    /// <summary>Its digest; null: it has none.</summary>
    public Digest? ImageDigest { get; init; }

    /// <summary>Its configuration.</summary>
    public ImageConfig Image { get; init; } = new();

    /// <summary>Its layers as directories, the lowest first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>How they become one root filesystem; see <see cref="RootKind"/>.</summary>
    public string RootKind { get; init; } = Containers.RootKind.Overlay;

    /// <summary>See <see cref="RootPlan.UserAttributes"/>.</summary>
    public bool UserAttributes { get; init; }

    /// <summary>The first process of --init, on the host.</summary>
    public string? InitProgram { get; init; }
}
