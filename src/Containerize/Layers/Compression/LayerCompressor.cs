using Containerize.Oci;

namespace Containerize.Layers.Compression;

/// <summary>The compressor of each <see cref="LayerCompression"/>.</summary>
public static class LayerCompressor
{
    /// <summary>Creates a stream that compresses what is written to it; disposing it finishes, and leaves <paramref name="output"/> open.</summary>
    /// <param name="output">Where the blob goes.</param>
    /// <param name="kind">How it is compressed.</param>
    /// <param name="threads">How many threads may compress, at least 1; the bytes do not depend on it.</param>
    public static Stream Create(Stream output, LayerCompression kind, int threads) => kind switch
    {
        LayerCompression.Gzip => new GzipWriter(output, threads),
        LayerCompression.Zstd => new ZstdWriter(output),
        LayerCompression.None => new PassThroughStream(output),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>The OCI media type of such a layer (image-spec layer.md).</summary>
    public static string MediaType(LayerCompression kind) => kind switch
    {
        LayerCompression.Gzip => MediaTypes.OciLayerGzip,
        LayerCompression.Zstd => MediaTypes.OciLayerZstd,
        LayerCompression.None => MediaTypes.OciLayer,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };
}
