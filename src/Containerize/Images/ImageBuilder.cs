using Containerize.Layers;
using Containerize.Planning;

namespace Containerize.Images;

/// <summary>Executes a plan: builds its layers, or finds them in the cache, and puts them on the base.</summary>
internal static class ImageBuilder
{
    /// <summary>The layers of a plan, each announced as soon as it is there.</summary>
    /// <param name="specs">The plans of the layers.</param>
    /// <param name="compression">How they are compressed.</param>
    /// <param name="builder">Builds the layers.</param>
    /// <param name="destination">Told of them; null where nobody is.</param>
    /// <param name="cancellationToken">Cancels the building.</param>
    public static IReadOnlyList<Layer> BuildLayers(
        IReadOnlyList<LayerSpec> specs,
        LayerCompression compression,
        LayerBuilder builder,
        IEarlyDestination? destination,
        CancellationToken cancellationToken)
    {
        var layers = new List<Layer>();
        foreach (var spec in specs)
        {
            // One after the other: a layer already uses every thread that it is given, and memory stays that of one.
            layers.Add(builder.Build(spec, compression, destination is null ? null : destination.Expect, out var isNew, cancellationToken));
            destination?.Announce(layers[^1], isNew);
        }

        return layers;
    }

    /// <summary>The image that the plan describes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="baseImage">The base that the plan was made for.</param>
    /// <param name="layers">The plan's layers, built.</param>
    public static Image Assemble(ImagePlan plan, Image baseImage, IReadOnlyList<Layer> layers) =>
        Image.Create(plan.Config, [.. baseImage.Layers, .. layers], plan.DockerFormat, plan.Annotations);
}
