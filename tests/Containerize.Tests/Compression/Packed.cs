using Containerize.Layers.Compression;

namespace Containerize.Tests.Compression;

/// <summary>Packs and opens whole contents.</summary>
internal static class Packed
{
    public static byte[] Gzip(byte[] content, int threads, int pieceSize = int.MaxValue) =>
        Write(content, output => new GzipWriter(output, threads), pieceSize);

    public static byte[] Zstd(byte[] content, int pieceSize = int.MaxValue) => Write(content, output => new ZstdWriter(output), pieceSize);

    public static byte[] Open(byte[] blob, string mediaType = "", DecompressionLimits? limits = null)
    {
        using var tar = Decompression.Open(new MemoryStream(blob), mediaType, limits ?? DecompressionLimits.Default);
        using var read = new MemoryStream();
        tar.CopyTo(read);
        return read.ToArray();
    }

    private static byte[] Write(byte[] content, Func<Stream, Stream> create, int pieceSize)
    {
        using var output = new MemoryStream();
        using (var writer = create(output))
        {
            for (var at = 0; at < content.Length;)
            {
                var size = Math.Min(pieceSize, content.Length - at);
                writer.Write(content.AsSpan(at, size));
                at += size;
            }
        }

        return output.ToArray();
    }
}
