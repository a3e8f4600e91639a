using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Planning;

/// <summary>What the plan needs to know of the base image.</summary>
/// <param name="Choice">How it was chosen.</param>
/// <param name="Name">The image reference for the label base.name; null for scratch and the embedded base, which have none.</param>
/// <param name="Digest">The digest of its manifest or index; null for scratch and the embedded base.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="DockerFormat">Whether its manifest is Docker's.</param>
public sealed record BaseFacts(BaseChoice Choice, string? Name, Digest? Digest, ImageConfig Config, bool DockerFormat)
{
    /// <summary>The facts of a base that was read.</summary>
    /// <param name="choice">How it was chosen.</param>
    /// <param name="image">The image for the platform.</param>
    /// <param name="digest">The digest under which it was found, of an index where there is one.</param>
    public static BaseFacts Of(BaseChoice choice, Image image, Digest? digest) =>
        new(
            choice,
            choice.IsEmbedded || choice.Name == "scratch" ? null : choice.Name,
            choice.IsEmbedded || choice.Name == "scratch" ? null : digest,
            image.Config,
            image.Descriptor.MediaType == MediaTypes.DockerManifest);
}
