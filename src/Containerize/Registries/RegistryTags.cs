using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>What tags of a repository are, and so what it has: a registry keeps what its manifests need.</summary>
/// <remarks>A manifest that we have pushed or pulled before is in the cache; its blobs need no question each.</remarks>
internal sealed class RegistryTags
{
    private readonly IReadOnlyList<string> _tags;
    private readonly Digest?[] _digests;

    /// <summary>Takes what the tags are.</summary>
    /// <param name="tags">The tags.</param>
    /// <param name="digests">The digest of each; null where there is no such tag.</param>
    /// <param name="manifests">Gives manifests that were kept.</param>
    public RegistryTags(IReadOnlyList<string> tags, Digest?[] digests, RegistryManifests manifests)
    {
        _tags = tags;
        _digests = digests;
        foreach (var digest in digests)
        {
            Add(digest, manifests, isChild: false);
        }
    }

    /// <summary>The blobs that the repository has for sure.</summary>
    public HashSet<Digest> Blobs { get; } = [];

    /// <summary>The tags that are not this digest.</summary>
    public IReadOnlyList<string> Others(Digest digest) => [.. _tags.Where((_, i) => _digests[i] != digest)];

    /// <summary>Keeps manifests that are in a registry now; that they cannot be kept harms nobody.</summary>
    public static void Remember(RegistryHttp http, IReadOnlyList<Artifact> artifacts)
    {
        try
        {
            foreach (var artifact in artifacts)
            {
                http.Options.Cache?.Add(artifact.Descriptor, artifact.Bytes.Span);
            }
        }
        catch (ContainerizeException)
        {
            // The next push asks for each blob.
        }
    }

    private void Add(Digest? digest, RegistryManifests manifests, bool isChild)
    {
        if (digest is null || manifests.Cached(digest) is not { } document)
        {
            return;
        }

        try
        {
            if (MediaTypes.IsManifest(document.MediaType))
            {
                var manifest = OciJson.ReadManifest(document.Bytes, $"the manifest {digest}");
                Blobs.UnionWith(manifest.Layers.Where(l => !MediaTypes.IsForeignLayer(l.MediaType)).Append(manifest.Config).Select(b => b.Digest));
            }
            else if (!isChild)
            {
                foreach (var child in OciJson.ReadIndex(document.Bytes, $"the index {digest}").Manifests)
                {
                    Add(child.Digest, manifests, isChild: true);
                }
            }
        }
        catch (ContainerizeException)
        {
            // Not what it seems: then nothing is known of it.
        }
    }
}
