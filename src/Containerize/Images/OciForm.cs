using Containerize.Oci;

namespace Containerize.Images;

/// <summary>Artifacts with OCI media types all through, as layouts need them: their readers skip entries of other types.</summary>
internal static class OciForm
{
    /// <summary>The artifact itself where it is OCI's, else the same image or images in that form, with another digest.</summary>
    internal static async Task<Artifact> OfAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        switch (artifact)
        {
            case Image image:
                return image.WithFormat(docker: false);
            case ImageIndex { Descriptor.MediaType: MediaTypes.DockerManifestList } list:
                var images = new List<Image>();
                foreach (var child in list.Index.Manifests)
                {
                    if (await list.ReadChildAsync(child, cancellationToken) is Image image)
                    {
                        images.Add(image.WithFormat(docker: false));
                    }
                }

                return ImageIndex.Create(images);
            default:
                return artifact;
        }
    }
}
