using Containerize.Layers;
using Containerize.Planning;

namespace Containerize.Images;

/// <summary>Executes a plan: builds its layers, or finds them in the cache, and puts them on the base.</summary>
public static class ImageBuilder
{
    /// <summary>The image that the plan describes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="baseImage">The base that the plan was made for.</param>
    /// <param name="layers">Builds the layers.</param>
    /// <param name="cancellationToken">Cancels the building.</param>
    public static async Task<Image> BuildAsync(ImagePlan plan, Image baseImage, LayerBuilder layers, CancellationToken cancellationToken)
    {
        var all = new List<Layer>(baseImage.Layers);
        foreach (var spec in plan.Layers)
        {
            // One after the other: a layer already uses every thread that it is given, and memory stays that of one.
            all.Add(await layers.BuildAsync(spec, plan.Compression, cancellationToken));
        }

        return Image.Create(plan.Config, all, plan.DockerFormat, plan.Annotations);
    }
}
