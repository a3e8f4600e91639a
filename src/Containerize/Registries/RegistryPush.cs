using Containerize.Images;

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

        var missing = await MissingTargetsAsync(targets, artifact, cancellationToken);
        if (missing.Count == 0)
        {
            http.Options.Report($"{Name} is {artifact.Digest} already; nothing was sent.");
            return;
        }

        var all = await ArtifactCopy.ChildrenFirstAsync(artifact, cancellationToken);
        // Where another tag has this very manifest, all that it needs is there.
        if (missing.Count == targets.Count)
        {
            await WriteBlobsAsync([.. all.OfType<Image>()], cancellationToken);
            foreach (var level in all.Take(all.Count - 1).GroupBy(a => a is ImageIndex).OrderBy(g => g.Key))
            {
                // Images in parallel; indexes in indexes one after the other, inner first.
                await EachAsync(level, level.Key ? 1 : Uploads, (child, token) => _manifests.PutAsync(child.Digest.ToString(), child, token), cancellationToken);
            }
        }

        await EachAsync(missing, Uploads, (target, token) => _manifests.PutAsync(target, artifact, token), cancellationToken);
    }

    private async Task<List<string>> MissingTargetsAsync(List<string> targets, Artifact artifact, CancellationToken cancellationToken)
    {
        var there = new bool[targets.Count];
        await EachAsync(
            Enumerable.Range(0, targets.Count),
            Questions,
            async (i, token) => there[i] = await _manifests.HeadAsync(targets[i], targets.Count == 1, token) == artifact.Digest,
            cancellationToken);
        return [.. targets.Where((_, i) => !there[i])];
    }

    private async Task WriteBlobsAsync(IReadOnlyList<Image> images, CancellationToken cancellationToken)
    {
        var blobs = images
            .SelectMany(i => ArtifactCopy.BlobsOf(i).Select(b => (Image: i, Blob: b)))
            .DistinctBy(p => p.Blob.Digest)
            .ToList();
        // Two rounds, so that the questions, which cost nothing but the way, are not held up by uploads.
        var absent = new bool[blobs.Count];
        await EachAsync(
            Enumerable.Range(0, blobs.Count),
            Questions,
            async (i, token) => absent[i] = !await _upload.ExistsAsync(blobs[i].Blob, token),
            cancellationToken);
        await EachAsync(
            blobs.Where((_, i) => absent[i]),
            Uploads,
            async (p, token) =>
            {
                var source = ArtifactCopy.SourceOf(p.Image, p.Blob);
                await _upload.WriteAsync(p.Blob, source, token);
            },
            cancellationToken);
    }

    private static Task EachAsync<T>(IEnumerable<T> items, int parallel, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        // For one item there is nothing to set up.
        var all = items.ToList();
        return all.Count == 1
            ? act(all[0], cancellationToken)
            : Parallel.ForEachAsync(
                all,
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
                async (item, token) => await act(item, token));
    }
}
