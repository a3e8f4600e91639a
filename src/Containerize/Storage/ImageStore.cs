using Containerize.Containers;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Registries;

namespace Containerize.Storage;

/// <summary>The local images: an OCI layout under the data folder, in which full names stand for digests; other tools can read it.</summary>
/// <remarks>
/// Names change under an exclusive lock, for as long as it takes to replace index.json. Whoever writes content holds a shared lease;
/// content that no name needs is swept only by one who gets the lease alone, else the next one does it.
/// </remarks>
public sealed class ImageStore
{
    private readonly BlobStore _blobs;
    private readonly string _index;
    private readonly string _lock;
    private readonly string _lease;

    /// <summary>The store under <see cref="StoragePaths.Data"/>.</summary>
    public ImageStore(StoragePaths paths)
    {
        Directory = Path.Combine(paths.Data, "images");
        _blobs = new BlobStore(Path.Combine(Directory, "blobs"));
        _index = Path.Combine(Directory, "index.json");
        _lock = Path.Combine(Directory, "lock");
        _lease = Path.Combine(Directory, "lease");
    }

    /// <summary>The folder of the layout.</summary>
    public string Directory { get; }

    /// <summary>The store's blobs, verified as they are read.</summary>
    public IBlobSource Blobs => _blobs;

    /// <summary>Writes images under these names; with none, the image is kept by its digest only.</summary>
    public IImageDestination Destination(IReadOnlyList<Reference> references) => new Writer(this, references, null);

    /// <summary>As <see cref="Destination(IReadOnlyList{Reference})"/>; the layers are unpacked while they arrive.</summary>
    public IImageDestination Destination(IReadOnlyList<Reference> references, UnpackedLayers layers) => new Writer(this, references, layers);

    /// <summary>Reads the image of a name (or of a name's digest); CTZ3020 where there is none.</summary>
    public IImageSource Source(Reference reference) => new Reader(this, reference.ToString(), () => Find(reference) ?? throw Unknown(reference.ToString()));

    /// <summary>Reads the image of an entry of <see cref="List"/>.</summary>
    public IImageSource Source(StoredImage image) =>
        new Reader(this, image.Reference?.ToString() ?? image.Descriptor.Digest.ToString(), () => image.Descriptor);

    /// <summary>All names, in ordinal order, and then what has none.</summary>
    public IReadOnlyList<StoredImage> List() =>
        [.. Read().Manifests.Select(Describe).OrderBy(i => i.Reference is null).ThenBy(i => i.Reference?.Canonical, StringComparer.Ordinal)];

    /// <summary>Whether there is an image of this name.</summary>
    public bool Contains(Reference reference) => Find(reference) is not null;

    /// <summary>The image of a name, a digest, or the first characters (at least four) of one; CTZ3020 none, CTZ3021 several.</summary>
    public StoredImage Resolve(string nameOrDigest)
    {
        var entries = Read().Manifests;
        if (Reference.TryParse(nameOrDigest, out var reference) && Find(reference, entries) is { } named)
        {
            return Describe(named);
        }

        var prefix = nameOrDigest.StartsWith("sha256:", StringComparison.Ordinal) ? nameOrDigest[7..] : nameOrDigest;
        var matches = prefix.Length >= 4 && prefix.All(char.IsAsciiHexDigitLower)
            ? entries.Where(e => e.Digest.Hex.StartsWith(prefix, StringComparison.Ordinal)).ToList()
            : [];
        return matches.DistinctBy(m => m.Digest).Count() switch
        {
            1 => Describe(matches[0]),
            0 => throw Unknown(nameOrDigest),
            _ => throw new ContainerizeException(
                3021,
                $"finding the image '{nameOrDigest}'",
                $"several digests begin so: {string.Join(", ", matches.Select(m => m.Digest.Abbreviated).Distinct().Order(StringComparer.Ordinal))}",
                "Give more of the digest, or the name."),
        };
    }

    /// <summary>Gives an image a second name; CTZ3020 where the first is not there.</summary>
    public async Task TagAsync(Reference from, Reference to, CancellationToken cancellationToken) =>
        await ChangeAsync(
            index => LayoutIndex.With(index, Named((Find(from, index.Manifests) ?? throw Unknown(from.ToString())), to)), cancellationToken);

    /// <summary>Takes a name away, and with it what no other name needs; CTZ3020 where there is none.</summary>
    public async Task RemoveAsync(Reference reference, CancellationToken cancellationToken) =>
        await ChangeAsync(
            index => Find(reference, index.Manifests) is null
                ? throw Unknown(reference.ToString())
                : index with { Manifests = [.. index.Manifests.Where(e => !ReferenceEquals(e, Find(reference, index.Manifests)))] },
            cancellationToken);

    /// <summary>Takes away an image with all its names; CTZ3020 where there is none.</summary>
    public async Task RemoveAsync(Digest digest, CancellationToken cancellationToken) =>
        await ChangeAsync(
            index => index.Manifests.All(e => e.Digest != digest)
                ? throw Unknown(digest.ToString())
                : index with { Manifests = [.. index.Manifests.Where(e => e.Digest != digest)] },
            cancellationToken);

    private static Descriptor Named(Descriptor descriptor, Reference reference) => descriptor with
    {
        Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [LayoutIndex.RefName] = reference.Canonical,
            [LayoutIndex.ImageName] = reference.Canonical,
        },
    };

    private static Descriptor? Find(Reference reference, IReadOnlyList<Descriptor> entries) =>
        entries.FirstOrDefault(e => LayoutIndex.NameOf(e) == reference.Canonical)
        ?? (reference.Digest is { } digest ? entries.FirstOrDefault(e => e.Digest == digest) : null);

    private static ContainerizeException Unknown(string name) =>
        new(3020, $"finding the image '{name}'", "there is no image of that name or digest here", "See 'dotnet containerize images'; build or load it first.");

    private Descriptor? Find(Reference reference) => Find(reference, Read().Manifests);

    private IndexManifest Read() =>
        AtomicFile.TryRead(_index, OciJson.MaxDocumentBytes) is { } bytes ? OciJson.ReadIndex(bytes, _index) : LayoutIndex.Empty;

    private StoredImage Describe(Descriptor entry)
    {
        var contents = StoreContents.Of(entry, _blobs);
        return new StoredImage(
            Reference.TryParse(LayoutIndex.NameOf(entry), out var reference) ? reference : null,
            entry with { Annotations = null },
            contents.Size,
            contents.Platforms,
            contents.Created);
    }

    private async Task WriteAsync(
        Artifact artifact, IReadOnlyList<Reference> references, UnpackedLayers? layers, CancellationToken cancellationToken)
    {
        bool freed;
        using (await FileLock.AcquireAsync(_lease, shared: true, cancellationToken))
        {
            if (layers is not null)
            {
                await UnpackAsync(artifact, layers, cancellationToken);
            }

            await ArtifactCopy.ToAsync(artifact, _blobs, link: true, cancellationToken);
            freed = await ChangeNamesAsync(
                index =>
                {
                    var entry = LayoutIndex.Entry(artifact, null);
                    if (references.Count == 0)
                    {
                        return index.Manifests.Any(e => e.Digest == entry.Digest) ? index : index with { Manifests = [.. index.Manifests, entry] };
                    }

                    return references.Aggregate(index, (i, r) => LayoutIndex.With(i, Named(entry, r)));
                },
                cancellationToken);
        }

        if (freed)
        {
            Sweep();
        }
    }

    private async Task UnpackAsync(Artifact artifact, UnpackedLayers layers, CancellationToken cancellationToken)
    {
        foreach (var image in (await ArtifactCopy.ChildrenFirstAsync(artifact, cancellationToken)).OfType<Image>())
        {
            await layers.EnsureAsync(image.Layers, new KeepingSource(_blobs, image.Source), progress: null, cancellationToken);
        }
    }

    private async Task ChangeAsync(Func<IndexManifest, IndexManifest> change, CancellationToken cancellationToken)
    {
        if (await ChangeNamesAsync(change, cancellationToken))
        {
            Sweep();
        }
    }

    // True where an image lost its last name.
    private async Task<bool> ChangeNamesAsync(Func<IndexManifest, IndexManifest> change, CancellationToken cancellationToken)
    {
        using var held = await FileLock.AcquireAsync(_lock, shared: false, cancellationToken);
        AtomicFile.CreateIfAbsent(Path.Combine(Directory, "oci-layout"), LayoutIndex.Marker);
        var before = Read();
        var after = change(before);
        AtomicFile.Write(_index, OciJson.WriteIndented(after));
        return before.Manifests.Select(e => e.Digest).Except(after.Manifests.Select(e => e.Digest)).Any();
    }

    private void Sweep()
    {
        // Somebody who writes has content that no name points to yet.
        using var alone = FileLock.TryAcquire(_lease, shared: false);
        if (alone is not null)
        {
            StoreSweep.Run(Read().Manifests, _blobs);
        }
    }

    private sealed class Writer(ImageStore store, IReadOnlyList<Reference> references, UnpackedLayers? layers) : IImageDestination
    {
        public string Name => references.Count == 0 ? "the local images" : string.Join(", ", references.Select(r => r.ToString()));

        public Task WriteAsync(Artifact artifact, CancellationToken cancellationToken) => store.WriteAsync(artifact, references, layers, cancellationToken);
    }

    private sealed class Reader(ImageStore store, string name, Func<Descriptor> find) : IImageSource
    {
        public string Name => name;

        public Task<Artifact> ReadAsync(CancellationToken cancellationToken) =>
            ArtifactReader.ReadAsync(find(), store._blobs, cancellationToken);
    }
}
