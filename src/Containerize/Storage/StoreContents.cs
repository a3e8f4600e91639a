using Containerize.Oci;

namespace Containerize.Storage;

/// <summary>All that a stored image or index needs, by walking its documents.</summary>
internal sealed class StoreContents
{
    private const int MaxDepth = 8;
    private readonly BlobStore _blobs;
    private readonly Dictionary<Digest, Descriptor> _reached = [];
    private readonly List<Platform> _platforms = [];

    private StoreContents(BlobStore blobs) => _blobs = blobs;

    internal IReadOnlyCollection<Digest> Reached => _reached.Keys;

    internal long Size => _reached.Values.Sum(d => d.Size);

    internal IReadOnlyList<Platform> Platforms => _platforms;

    internal string? Created { get; private set; }

    /// <summary>Whether a document could not be read, so that what it points to is not known.</summary>
    internal bool Incomplete { get; private set; }

    internal static StoreContents Of(Descriptor entry, BlobStore blobs)
    {
        var contents = new StoreContents(blobs);
        contents.Visit(entry, 0);
        return contents;
    }

    private void Visit(Descriptor descriptor, int depth)
    {
        if (!_reached.TryAdd(descriptor.Digest, descriptor) || depth > MaxDepth)
        {
            return;
        }

        try
        {
            var bytes = _blobs.ReadAllBytes(descriptor);
            if (MediaTypes.IsIndex(descriptor.MediaType))
            {
                foreach (var child in OciJson.ReadIndex(bytes, $"the index {descriptor.Digest}").Manifests)
                {
                    Visit(child, depth + 1);
                }
            }
            else if (MediaTypes.IsManifest(descriptor.MediaType))
            {
                VisitManifest(OciJson.ReadManifest(bytes, $"the manifest {descriptor.Digest}"));
            }
        }
        catch (ContainerizeException)
        {
            // Damaged or gone: listing goes on, and whoever uses the image gets the error.
            Incomplete = true;
        }
    }

    private void VisitManifest(ImageManifest manifest)
    {
        foreach (var blob in manifest.Layers.Append(manifest.Config))
        {
            _reached.TryAdd(blob.Digest, blob);
        }

        if (manifest.Config.MediaType is MediaTypes.OciConfig or MediaTypes.DockerConfig)
        {
            var config = OciJson.ReadConfig(_blobs.ReadAllBytes(manifest.Config), $"the configuration {manifest.Config.Digest}");
            Created ??= config.Created;
            if (config.Os is not ("" or "unknown"))
            {
                _platforms.Add(config.Platform);
            }
        }
    }
}
