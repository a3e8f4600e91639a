using Containerize.Images;
using Containerize.Threading;

namespace Containerize.Registries;

/// <summary>Writes an image or index to one repository: blobs, manifests by digest, the tags last; what is there already is not sent.</summary>
internal sealed class RegistryPush(RegistryHttp http, IReadOnlyList<Reference> references) : IImageDestination
{
    private const int Uploads = 4;
    private const int Questions = 16;
    private readonly RegistryManifests _manifests = new(http, references[0]);
    private readonly RegistryUpload _upload = new(http, references[0]);

    public string Name => string.Join(", ", references.Select(r => r.ToString()));

    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (http.Options.Offline)
        {
            throw new ContainerizeException(4010, $"pushing {Name}", "the network may not be used", "Leave the option for offline builds away.");
        }

        var targets = references.Select(r => r.Tag ?? artifact.Digest.ToString()).Distinct().ToList();
        if (references.FirstOrDefault(r => r.Digest is { } digest && digest != artifact.Digest) is { } other)
        {
            throw new ContainerizeException(4011, $"pushing {other}", $"the image has the digest {artifact.Digest}", "Push to a tag, or build the image that has this digest.");
        }

        var missing = MissingTargets(targets, artifact, cancellationToken);
        if (missing.Count == 0)
        {
            http.Options.Report($"{Name} is {artifact.Digest} already; nothing was sent.");
            return;
        }

        // Where another tag has this very manifest, all that it needs is there.
        if (missing.Count == targets.Count)
        {
            WriteContent(await ArtifactCopy.ChildrenFirstAsync(artifact, cancellationToken), cancellationToken);
        }

        Workers.Run(missing.Count, Uploads, (i, token) => _manifests.Put(missing[i], artifact, token), cancellationToken);
    }

    private List<string> MissingTargets(List<string> targets, Artifact artifact, CancellationToken cancellationToken)
    {
        var there = new bool[targets.Count];
        Workers.Run(targets.Count, Questions, (i, token) => there[i] = _manifests.Head(targets[i], token) == artifact.Digest, cancellationToken);
        return [.. targets.Where((_, i) => !there[i])];
    }

    // All but the artifact itself, which is last: the blobs, the images in parallel, the indexes in indexes one after the other, inner first.
    private void WriteContent(IReadOnlyList<Artifact> childrenFirst, CancellationToken cancellationToken)
    {
        WriteBlobs([.. childrenFirst.OfType<Image>()], cancellationToken);
        var children = childrenFirst.Take(childrenFirst.Count - 1).ToList();
        Write([.. children.OfType<Image>()], Uploads);
        Write([.. children.OfType<ImageIndex>()], 1);

        void Write(List<Artifact> manifests, int parallel) =>
            Workers.Run(manifests.Count, parallel, (i, token) => _manifests.Put(manifests[i].Digest.ToString(), manifests[i], token), cancellationToken);
    }

    private void WriteBlobs(List<Image> images, CancellationToken cancellationToken)
    {
        var blobs = images.SelectMany(i => ArtifactCopy.BlobsOf(i).Select(b => new Content(i, b))).DistinctBy(c => c.Blob.Digest).ToList();
        // Two rounds, so that the questions, which cost nothing but the way, are not held up by uploads.
        var absent = new bool[blobs.Count];
        Workers.Run(blobs.Count, Questions, (i, token) => absent[i] = !_upload.Exists(blobs[i].Blob, token), cancellationToken);
        var uploads = blobs.Where((_, i) => absent[i]).ToList();
        Workers.Run(
            uploads.Count,
            Uploads,
            (i, token) => _upload.Write(uploads[i].Blob, ArtifactCopy.SourceOf(uploads[i].Image, uploads[i].Blob), token),
            cancellationToken);
    }

    private sealed record Content(Image Image, Oci.Descriptor Blob);
}
