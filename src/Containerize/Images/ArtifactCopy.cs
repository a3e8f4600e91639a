using Containerize.Oci;
using Containerize.Storage;
using Containerize.Threading;

namespace Containerize.Images;

/// <summary>What all destinations share: the order in which an artifact is written, content before what points to it.</summary>
public static class ArtifactCopy
{
    private const int MaxDepth = 8;
    private const int Parallelism = 4;

    /// <summary>All images and indexes of an artifact, each once, children before the index that lists them.</summary>
    public static async Task<IReadOnlyList<Artifact>> ChildrenFirstAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        var found = new List<Artifact>();
        await VisitAsync(artifact, found, [], 0, cancellationToken);
        return found;
    }

    /// <summary>The blobs of an image that a copy of it has: configuration and layers, each once, without those of others that are not for distribution.</summary>
    public static IReadOnlyList<Descriptor> BlobsOf(Image image) =>
        [.. image.Manifest.Layers.Where(l => !MediaTypes.IsForeignLayer(l.MediaType)).Append(image.Manifest.Config).DistinctBy(b => b.Digest)];

    /// <summary>The place to have a blob of an image from; a configuration is in the image itself.</summary>
    public static IBlobSource SourceOf(Image image, Descriptor blob) =>
        blob.Digest == image.Manifest.Config.Digest ? new InMemoryBlob(image.ConfigBytes) : image.Source;

    /// <summary>Copies all of an artifact into a store of blobs, manifests after what they point to.</summary>
    /// <param name="artifact">The image or index.</param>
    /// <param name="store">Where to.</param>
    /// <param name="link">Whether files may be shared with another store of ours by hard link; never where people may change them.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    public static async Task ToAsync(Artifact artifact, BlobStore store, bool link, CancellationToken cancellationToken)
    {
        foreach (var one in await ChildrenFirstAsync(artifact, cancellationToken))
        {
            if (one is Image image)
            {
                var blobs = BlobsOf(image);
                Workers.Run(blobs.Count, Parallelism, (i, token) => Copy(image, blobs[i], token), cancellationToken);
            }

            store.Add(one.Descriptor, one.Bytes.Span);
        }

        void Copy(Image image, Descriptor blob, CancellationToken token)
        {
            var source = SourceOf(image, blob);
            store.AddAsync(blob, link ? BlobSources.Find<BlobStore>(source, blob) ?? source : new Unlinked(source), token).GetAwaiter().GetResult();
        }
    }

    private static async Task VisitAsync(
        Artifact artifact, List<Artifact> found, HashSet<Digest> seen, int depth, CancellationToken cancellationToken)
    {
        if (!seen.Add(artifact.Digest))
        {
            return;
        }

        if (artifact is ImageIndex index)
        {
            if (depth >= MaxDepth || seen.Count > OciJson.MaxDescriptors)
            {
                throw new ContainerizeException(
                    3006,
                    $"copying the index {artifact.Digest}",
                    $"it has indexes nested more than {MaxDepth} deep, or more than {OciJson.MaxDescriptors} images",
                    "Choose another image.");
            }

            foreach (var child in index.Index.Manifests)
            {
                if (!seen.Contains(child.Digest))
                {
                    await VisitAsync(await index.ReadChildAsync(child, cancellationToken), found, seen, depth + 1, cancellationToken);
                }
            }
        }

        found.Add(artifact);
    }

    private sealed class InMemoryBlob(ReadOnlyMemory<byte> bytes) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
            new(new MemoryStream(bytes[(int)offset..].ToArray(), writable: false));
    }

    // Hides a store of ours, so that its files are copied.
    private sealed class Unlinked(IBlobSource inner) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
            inner.OpenAsync(blob, offset, cancellationToken);
    }
}
