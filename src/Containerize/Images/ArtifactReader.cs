using Containerize.Oci;

namespace Containerize.Images;

/// <summary>Reads an artifact from any place of blobs: verified, bounded, and only under the media type that it says of itself.</summary>
public static class ArtifactReader
{
    private const int MaxDepth = 8;

    /// <summary>Reads the image or index that the descriptor points to; CTZ3002 or CTZ3006 where it is neither.</summary>
    /// <param name="descriptor">What to read.</param>
    /// <param name="blobs">Where its documents and layers are.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static Task<Artifact> ReadAsync(Descriptor descriptor, IBlobSource blobs, CancellationToken cancellationToken) =>
        ReadAsync(descriptor, blobs, 0, cancellationToken);

    /// <summary>The artifact of a document that is in memory already, whose digest the caller has checked.</summary>
    public static Task<Artifact> ParseAsync(string mediaType, ReadOnlyMemory<byte> bytes, IBlobSource blobs, CancellationToken cancellationToken) =>
        ParseAsync(mediaType, bytes, blobs, 0, cancellationToken);

    /// <summary>A document's bytes, verified; CTZ3003 where it is larger than documents may be.</summary>
    public static async Task<byte[]> ReadDocumentAsync(Descriptor blob, IBlobSource blobs, CancellationToken cancellationToken)
    {
        if (blob.Size > OciJson.MaxDocumentBytes)
        {
            throw BlobErrors.Mismatch(blob, $"no document: these have at most {OciJson.MaxDocumentBytes} bytes");
        }

        // A few kilobytes of a file, mostly: not worth a thread of the pool.
        await using var stream = await blobs.OpenAsync(blob, 0, cancellationToken);
        var bytes = new byte[blob.Size];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (stream.ReadByte() >= 0)
        {
            throw BlobErrors.Mismatch(blob, "longer");
        }

        BlobErrors.Check(blob, bytes.AsSpan(0, read));
        return bytes;
    }

    private static async Task<Artifact> ReadAsync(Descriptor descriptor, IBlobSource blobs, int depth, CancellationToken cancellationToken)
    {
        CheckType(descriptor.MediaType, descriptor.Digest);
        return await ParseAsync(
            descriptor.MediaType, await ReadDocumentAsync(descriptor, blobs, cancellationToken), blobs, depth, cancellationToken);
    }

    private static async Task<Artifact> ParseAsync(
        string mediaType, ReadOnlyMemory<byte> bytes, IBlobSource blobs, int depth, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(bytes.Span);
        if (depth > MaxDepth)
        {
            throw new ContainerizeException(3006, $"reading the index {digest}", $"indexes are nested more than {MaxDepth} deep", "Choose another image.");
        }

        CheckType(mediaType, digest);
        if (MediaTypes.IsIndex(mediaType))
        {
            var index = ImageIndex.Parse(mediaType, bytes, (child, token) => ReadAsync(child, blobs, depth + 1, token));
            CheckSame(mediaType, index.Index.MediaType, digest);
            return index;
        }

        var manifest = OciJson.ReadManifest(bytes.Span, $"the manifest {digest}");
        CheckSame(mediaType, manifest.MediaType, digest);
        return Image.Parse(mediaType, bytes, await ReadDocumentAsync(manifest.Config, blobs, cancellationToken), blobs);
    }

    private static void CheckType(string mediaType, Digest digest)
    {
        if (!MediaTypes.IsIndex(mediaType) && !MediaTypes.IsManifest(mediaType))
        {
            throw new ContainerizeException(
                3006,
                $"reading the manifest {digest}",
                mediaType.Contains("manifest.v1", StringComparison.Ordinal)
                    ? "it is of Docker's schema 1, which was given up in 2017"
                    : $"its media type '{mediaType}' is neither an image nor an index",
                "Choose another image, or have this one made again by a current tool.");
        }
    }

    // image-spec manifest.md: the type inside must match the one outside, or two readers may see two documents (CVE-2021-41190).
    private static void CheckSame(string outside, string? inside, Digest digest)
    {
        if (inside is not null && inside != outside)
        {
            throw new ContainerizeException(
                3006,
                $"reading the manifest {digest}",
                $"it was found as '{outside}' and calls itself '{inside}'",
                "The image is damaged or forged; get it from another place.");
        }
    }
}
