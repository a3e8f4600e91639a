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
        // Several tags: what a registry objects to in the image is found before the first of them moves.
        if (await SendAsync(artifact, _references.Count > 1, cancellationToken) is { } sent)
        {
            Tag(sent, cancellationToken);
        }
    }

    /// <summary>Brings everything there but the tags; null where the tags have it already.</summary>
    /// <param name="artifact">The image or index.</param>
    /// <param name="byDigest">Whether its own manifest is written under its digest; else with the first tag, by <see cref="Tag"/>.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<SentImage?> SendAsync(Artifact artifact, bool byDigest, CancellationToken cancellationToken)
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
            return null;
        }

        var sent = new SentImage(await ArtifactCopy.ChildrenFirstAsync(artifact, cancellationToken), missing);
        // Where another tag has this very manifest, all that it needs is there.
        if (missing.Count == targets.Count)
        {
            Insist(sent, byDigest ? [artifact.Digest.ToString()] : [], PushEffort.Trusting, cancellationToken);
        }

        return sent;
    }

    /// <summary>Moves the tags, which is the end of a push.</summary>
    internal void Tag(SentImage sent, CancellationToken cancellationToken)
    {
        try
        {
            PutAll(sent.Artifact, sent.Tags, cancellationToken);
        }
        catch (ContainerizeException e) when (MoreEffort(e, PushEffort.Trusting) is { } more)
        {
            Insist(sent, sent.Tags, more, cancellationToken);
        }

        RegistryTags.Remember(_http, sent.ChildrenFirst);
        _upload.Remember();
    }

    // Blobs, manifests, and the artifact itself under these names; where the registry has lost what it said it had, with more effort.
    private void Insist(SentImage sent, IReadOnlyList<string> names, PushEffort effort, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                SendContent(sent.ChildrenFirst, effort, cancellationToken);
                PutAll(sent.Artifact, names, cancellationToken);
                return;
            }
            catch (ContainerizeException e) when (MoreEffort(e, effort) is { } more)
            {
                effort = more;
            }
        }
    }

    // A registry may have lost what its own tags need, or say of a blob that it is there (HEAD) and that it is not (PUT of the manifest).
    private PushEffort? MoreEffort(ContainerizeException e, PushEffort effort) => e.Number is not (4005 or 4006)
        ? null
        : effort == PushEffort.Trusting && _tags!.Result.Blobs.Count > 0
            ? PushEffort.Asking
            : effort != PushEffort.Sending && e.Message.Contains("BLOB_UNKNOWN", StringComparison.Ordinal) ? PushEffort.Sending : null;

    private RegistryTags Ask(List<string> targets, CancellationToken cancellationToken)
    {
        var digests = new Digest?[targets.Count];
        Workers.Run(targets.Count, Questions, (i, token) => digests[i] = _manifests.Head(targets[i], token), cancellationToken);
        return new RegistryTags(targets, digests, _manifests);
    }

    private bool IsThere(Descriptor blob, CancellationToken cancellationToken) =>
        _tags!.GetAwaiter().GetResult().Blobs.Contains(blob.Digest) || _upload.Exists(blob, cancellationToken);

    // The blobs, the images in parallel, the indexes in indexes one after the other, inner first; the artifact itself is left.
    private void SendContent(IReadOnlyList<Artifact> childrenFirst, PushEffort effort, CancellationToken cancellationToken)
    {
        var blobs = childrenFirst.OfType<Image>().SelectMany(i => ArtifactCopy.BlobsOf(i).Select(b => new Content(i, b))).DistinctBy(c => c.Blob.Digest).ToList();
        SendBlobs([.. blobs.Where(b => !IsAhead(b.Blob))], effort, cancellationToken);
        blobs.FindAll(b => IsAhead(b.Blob)).ForEach(b => _ahead!.Await(b.Blob));
        var children = childrenFirst.Take(childrenFirst.Count - 1).ToList();
        PutManifests([.. children.OfType<Image>()], Uploads);
        PutManifests([.. children.OfType<ImageIndex>()], 1);

        bool IsAhead(Descriptor blob) => effort == PushEffort.Trusting && _ahead?.Has(blob) == true;

        void PutManifests(List<Artifact> manifests, int parallel) =>
            Workers.Run(manifests.Count, parallel, (i, token) => _manifests.Put(manifests[i].Digest.ToString(), manifests[i], token), cancellationToken);
    }

    private void PutAll(Artifact artifact, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        Workers.Run(names.Count, Uploads, (i, token) => _manifests.Put(names[i], artifact, token), cancellationToken);

    private void SendBlobs(List<Content> blobs, PushEffort effort, CancellationToken cancellationToken)
    {
        // Two rounds, so that the questions, which cost nothing but the way, are not held up by uploads.
        var absent = new bool[blobs.Count];
        Workers.Run(
            blobs.Count,
            Questions,
            (i, token) => absent[i] = effort switch
            {
                PushEffort.Trusting => !IsThere(blobs[i].Blob, token),
                PushEffort.Asking => !_upload.Exists(blobs[i].Blob, token),
                _ => true,
            },
            cancellationToken);
        var uploads = blobs.Where((_, i) => absent[i]).ToList();
        Workers.Run(
            uploads.Count,
            Uploads,
            (i, token) => _upload.Write(
                new BlobRequest(uploads[i].Blob, ArtifactCopy.SourceOf(uploads[i].Image, uploads[i].Blob))
                {
                    IsForced = effort == PushEffort.Sending,
                    Stop = cancellationToken,
                },
                token),
            cancellationToken);
    }

    private sealed record Content(Image Image, Descriptor Blob);
}
