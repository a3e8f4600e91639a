using Containerize.Layers.Compression;
using Containerize.Oci;

namespace Containerize.Layers;

/// <summary>Makes layers: one pass from files to a verified blob in the cache, or none where the cache has it.</summary>
/// <param name="cache">Where layers are kept and found again.</param>
/// <param name="threads">How many threads may compress or hash at once, 1 or more; never part of the bytes.</param>
public sealed class LayerBuilder(LayerCache cache, int threads)
{
    /// <summary>
    /// The layer of a plan: found without opening a file where nothing changed, found by content where only times or places did, else made.
    /// </summary>
    /// <remarks>
    /// Nothing is held whole in memory. CTZ2003 to CTZ2006 where a file cannot be read or changes meanwhile, CTZ3011 where the cache cannot be
    /// written; after these and after cancellation nothing is left half.
    /// </remarks>
    public Task<Layer> BuildAsync(LayerSpec spec, LayerCompression compression, CancellationToken cancellationToken = default) =>
        Task.Run(() => Build(spec, compression, making: null, out _, cancellationToken), cancellationToken);

    /// <summary>The same on this thread.</summary>
    /// <param name="spec">The plan of the layer.</param>
    /// <param name="compression">How it is compressed.</param>
    /// <param name="making">Called before it is made.</param>
    /// <param name="isNew">Whether it was made, and not found.</param>
    /// <param name="cancellationToken">Cancels the building.</param>
    internal Layer Build(LayerSpec spec, LayerCompression compression, Action? making, out bool isNew, CancellationToken cancellationToken)
    {
        isNew = false;
        var identity = cache.Identify(spec, compression);
        if (Find(identity, cancellationToken) is { } found)
        {
            return found;
        }

        using var turn = cache.WaitForTurn(identity, out var waited, cancellationToken);
        if (waited && Find(identity, cancellationToken) is { } madeMeanwhile)
        {
            return madeMeanwhile;
        }

        isNew = true;
        making?.Invoke();
        return Make(identity, compression, cancellationToken);
    }

    // Reading files only to find out that they are new is worth it where a layer of the same shape is known, and only there.
    private Layer? Find(LayerIdentity identity, CancellationToken cancellationToken)
    {
        if (!cache.KnowsShape(identity))
        {
            return null;
        }

        identity.HashUnknown(threads, cancellationToken);
        return cache.Find(identity);
    }

    private Layer Make(LayerIdentity identity, LayerCompression compression, CancellationToken cancellationToken)
    {
        var spec = identity.Spec;
        try
        {
            using var blob = cache.Blobs.CreateWriter();
            Digest diffId;
            using (var compressor = LayerCompressor.Create(blob, compression, threads))
            using (var hashing = new HashingStream(compressor))
            using (var tar = new TarWriter(hashing, spec.ModifiedTime))
            {
                for (var i = 0; i < spec.Entries.Count; i++)
                {
                    identity.Write(i, tar, cancellationToken);
                }

                tar.Finish();
                diffId = hashing.Finish();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return cache.Add(identity, blob.Commit(LayerCompressor.MediaType(compression)), diffId);
        }
        catch (ContainerizeException e) when (e.Number == 3011 && e.InnerException is { } inner)
        {
            var bytes = spec.Entries.Sum(entry => entry.Content?.Size ?? 0);
            throw Storage.StorageErrors.Write($"the layer '{spec.Name}' (up to {bytes} bytes) in {cache.Blobs.Directory}", inner);
        }
    }
}
