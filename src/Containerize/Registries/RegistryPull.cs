using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>Reads an image or index from a registry, or from the cache where the name has a digest that is there.</summary>
internal sealed class RegistryPull(RegistryHttp http, Reference reference) : IImageSource
{
    public string Name => reference.ToString();

    public async Task<Artifact> ReadAsync(CancellationToken cancellationToken)
    {
        var blobs = new RegistryBlobs(http, reference);
        var documents = new Documents(http, reference, blobs);
        if (reference.Digest is { } digest && documents.Manifests.Cached(digest) is { } kept)
        {
            return await documents.ParseAsync(kept, cancellationToken);
        }

        if (http.Options.Offline)
        {
            throw RegistryClient.NotCached($"getting the image {reference}");
        }

        var document = documents.Manifests.Get(reference.Target, cancellationToken);
        var artifact = await documents.ParseAsync(document, cancellationToken);
        http.Options.Cache?.Add(artifact.Descriptor, document.Bytes);
        return artifact;
    }

    // Manifests are at another address than blobs; layers keep the repository as their source.
    private sealed class Documents(RegistryHttp http, Reference reference, RegistryBlobs blobs) : IComposedBlobSource
    {
        internal RegistryManifests Manifests { get; } = new(http, reference);

        public IBlobSource? SourceOf(Descriptor blob) => blobs;

        public async ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
        {
            if (!MediaTypes.IsIndex(blob.MediaType) && !MediaTypes.IsManifest(blob.MediaType))
            {
                return await blobs.OpenAsync(blob, offset, cancellationToken);
            }

            if (http.Options.Cache is { } cache && cache.Contains(blob))
            {
                return cache.Open(blob, offset);
            }

            if (http.Options.Offline)
            {
                throw RegistryClient.NotCached($"getting the manifest {blob.Digest} of {reference}");
            }

            var (mediaType, bytes) = Manifests.Get(blob.Digest.ToString(), cancellationToken);
            if (mediaType != blob.MediaType)
            {
                throw RegistryErrors.Protocol(
                    $"getting the manifest {blob.Digest} of {reference}", $"the index calls it '{blob.MediaType}' and the registry '{mediaType}'");
            }

            BlobErrors.Check(blob, bytes);
            http.Options.Cache?.Add(blob, bytes);
            return new MemoryStream(bytes, writable: false);
        }

        internal Task<Artifact> ParseAsync(ManifestDocument document, CancellationToken cancellationToken) =>
            ArtifactReader.ParseAsync(document.MediaType, document.Bytes, this, cancellationToken);
    }
}
