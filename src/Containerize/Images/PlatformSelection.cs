using Containerize.Oci;

namespace Containerize.Images;

/// <summary>Finds the image for one platform in what was read.</summary>
public static class PlatformSelection
{
    private const int MaxDepth = 4;

    /// <summary>The image for the platform; CTZ3005 with the platforms there are, where none fits.</summary>
    /// <param name="artifact">An image, which must itself be for the platform, or an index.</param>
    /// <param name="platform">The platform asked for.</param>
    /// <param name="name">What the artifact is called, for messages.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<Image> SelectAsync(this Artifact artifact, Platform platform, string name, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (artifact is Image image)
            {
                return platform.IsServedBy(image.Platform) ? image : throw None(name, platform, [image.Platform]);
            }

            var index = (ImageIndex)artifact;
            // Attestations have the platform unknown/unknown; an entry with no platform is a nested index or an image that says its own.
            var candidates = index.Index.Manifests.Where(m => MediaTypes.IsIndex(m.MediaType) || MediaTypes.IsManifest(m.MediaType)).ToList();
            var chosen = candidates.FirstOrDefault(m => m.Platform is { } p && platform.IsServedBy(p))
                ?? candidates.FirstOrDefault(m => m.Platform is null)
                ?? throw None(name, platform, candidates.Select(m => m.Platform!).Where(p => p.Os != "unknown"));
            artifact = await index.ReadChildAsync(chosen, cancellationToken);
        }

        throw new ContainerizeException(
            3005, $"choosing the image for {platform} in {name}", $"its indexes are nested more than {MaxDepth} deep", "Choose another image.");
    }

    private static ContainerizeException None(string name, Platform wanted, IEnumerable<Platform> there) =>
        new(
            3005,
            $"choosing the image for {wanted} in {name}",
            $"it has only {string.Join(", ", there.Select(p => p.ToString()).Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("no image at all"))}",
            "Choose a base that has the platform, or another ContainerRuntimeIdentifier.");
}
