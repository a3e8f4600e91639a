using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Threading;

namespace Containerize.Registries;

/// <summary>Writes an image or index to one repository: blobs, manifests by digest, the tags last; what is there already is not sent.</summary>
internal sealed class RegistryPush : IEarlyDestination
{
    private const int Uploads = 4;
    private const int Questions = 16;
    private readonly RegistryHttp _http;
    private readonly IReadOnlyList<Reference> _references;
    private readonly RegistryManifests _manifests;
    private readonly RegistryUpload _upload;
    // Both from Begin on.
    private RegistryAhead? _ahead;
    private Task<RegistryTags>? _tags;

    public RegistryPush(RegistryHttp http, IReadOnlyList<Reference> references)
    {
        _http = http;
        _references = references;
        _manifests = new RegistryManifests(http, references[0]);
        _upload = new RegistryUpload(http, references[0]);
    }

    public string Name => string.Join(", ", _references.Select(r => r.ToString()));

    public void Begin(CancellationToken cancellationToken)
    {
        if (!_http.Options.Offline && _references.All(r => r.Tag is not null))
        {
            _tags = Background.Run(() => Ask([.. _references.Select(r => r.Tag!).Distinct()], cancellationToken));
            _ahead = new RegistryAhead(IsThere, _upload, Questions, cancellationToken);
        }
    }

    public void Expect() => _ahead?.Expect();

    public void Announce(Layer layer, bool isNew) => _ahead?.Announce(layer, isNew);

    public void Settle()
    {
        _ahead?.Settle();
        if (_tags is not null)
        {
            Background.Settle(_tags);
        }
    }

    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (_http.Options.Offline)
        {
            throw new ContainerizeException(4010, $"pushing {Name}", "the network may not be used", "Leave the option for offline builds away.");
        }

        var targets = _references.Select(r => r.Tag ?? artifact.Digest.ToString()).Distinct().ToList();
        if (_references.FirstOrDefault(r => r.Digest is { } digest && digest != artifact.Digest) is { } other)
        {
            throw new ContainerizeException(4011, $"pushing {other}", $"the image has the digest {artifact.Digest}", "Push to a tag, or build the image that has this digest.");
        }

        _tags ??= Task.FromResult(Ask(targets, cancellationToken));
        var tags = await _tags;
        var missing = tags.Others(artifact.Digest);
        if (missing.Count == 0)
        {
            _http.Options.Report($"{Name} is {artifact.Digest} already; nothing was sent.");
            return;
        }

        var childrenFirst = await ArtifactCopy.ChildrenFirstAsync(artifact, cancellationToken);
        try
        {
            Write(childrenFirst, missing, targets.Count, blob => _ahead?.Has(blob) == true, IsThere, cancellationToken);
        }
        catch (ContainerizeException e) when (e.Number is 4005 or 4006 && tags.Blobs.Count > 0)
        {
            // A registry may have lost what its own tags need: now each blob is asked for.
            Write(childrenFirst, targets, targets.Count, _ => false, _upload.Exists, cancellationToken);
        }

        RegistryTags.Remember(_http, childrenFirst);
    }

    private RegistryTags Ask(List<string> targets, CancellationToken cancellationToken)
    {
        var digests = new Digest?[targets.Count];
        Workers.Run(targets.Count, Questions, (i, token) => digests[i] = _manifests.Head(targets[i], token), cancellationToken);
        return new RegistryTags(targets, digests, _manifests);
    }

    private bool IsThere(Descriptor blob, CancellationToken cancellationToken) =>
        _tags!.GetAwaiter().GetResult().Blobs.Contains(blob.Digest) || _upload.Exists(blob, cancellationToken);

    // The blobs, the images in parallel, the indexes in indexes one after the other, inner first; the artifact itself is last.
    private void Write(
        IReadOnlyList<Artifact> childrenFirst,
        IReadOnlyList<string> missing,
        int targets,
        Func<Descriptor, bool> isAhead,
        Func<Descriptor, CancellationToken, bool> isThere,
        CancellationToken cancellationToken)
    {
        // Where another tag has this very manifest, all that it needs is there.
        if (missing.Count == targets)
        {
            var blobs = childrenFirst.OfType<Image>().SelectMany(i => ArtifactCopy.BlobsOf(i).Select(b => new Content(i, b))).DistinctBy(c => c.Blob.Digest).ToList();
            WriteBlobs([.. blobs.Where(b => !isAhead(b.Blob))], isThere, cancellationToken);
            blobs.FindAll(b => isAhead(b.Blob)).ForEach(b => _ahead!.Await(b.Blob));
            var children = childrenFirst.Take(childrenFirst.Count - 1).ToList();
            WriteManifests([.. children.OfType<Image>()], Uploads);
            WriteManifests([.. children.OfType<ImageIndex>()], 1);
        }

        Workers.Run(missing.Count, Uploads, (i, token) => _manifests.Put(missing[i], childrenFirst[^1], token), cancellationToken);

        void WriteManifests(List<Artifact> manifests, int parallel) =>
            Workers.Run(manifests.Count, parallel, (i, token) => _manifests.Put(manifests[i].Digest.ToString(), manifests[i], token), cancellationToken);
    }

    private void WriteBlobs(List<Content> blobs, Func<Descriptor, CancellationToken, bool> isThere, CancellationToken cancellationToken)
    {
        // Two rounds, so that the questions, which cost nothing but the way, are not held up by uploads.
        var absent = new bool[blobs.Count];
        Workers.Run(blobs.Count, Questions, (i, token) => absent[i] = !isThere(blobs[i].Blob, token), cancellationToken);
        var uploads = blobs.Where((_, i) => absent[i]).ToList();
        Workers.Run(
            uploads.Count,
            Uploads,
            (i, token) => _upload.Write(uploads[i].Blob, ArtifactCopy.SourceOf(uploads[i].Image, uploads[i].Blob), token),
            cancellationToken);
    }

    private sealed record Content(Image Image, Descriptor Blob);
}
