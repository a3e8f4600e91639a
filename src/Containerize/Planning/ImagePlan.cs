using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Planning;

/// <summary>An image, wholly decided and not yet built: what <see cref="Images.ImageBuilder"/> executes and <c>plan</c> prints.</summary>
public sealed record ImagePlan
{
    /// <summary>The base it stands on.</summary>
    public required BaseFacts Base { get; init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The layers above the base's, lowest first; none is empty.</summary>
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    /// <summary>The configuration, but for the layers' digests, which building finds.</summary>
    public required ImageConfig Config { get; init; }

    /// <summary>The manifest's annotations.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Whether the manifest is Docker's.</summary>
    public required bool DockerFormat { get; init; }

    /// <summary>How the layers are compressed.</summary>
    public required LayerCompression Compression { get; init; }
}
