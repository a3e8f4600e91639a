using Containerize.Oci;

namespace Containerize.Images;

/// <summary>The media type of one layer in OCI's words and in Docker's.</summary>
public static class LayerMediaTypes
{
    private static readonly (string Oci, string Docker)[] Pairs =
    [
        (MediaTypes.OciLayerGzip, MediaTypes.DockerLayerGzip),
        (MediaTypes.OciLayer, MediaTypes.DockerLayer),
        (MediaTypes.OciLayerZstd, MediaTypes.DockerLayerZstd),
    ];

    /// <summary>The media type in the other vocabulary; a type that has no pair stays.</summary>
    public static string In(string mediaType, bool docker)
    {
        foreach (var (oci, dockerType) in Pairs)
        {
            if (mediaType == oci || mediaType == dockerType)
            {
                return docker ? dockerType : oci;
            }
        }

        return mediaType;
    }
}
