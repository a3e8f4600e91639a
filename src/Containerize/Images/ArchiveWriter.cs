using System.Text.Json;
using Containerize.Oci;
using Containerize.Registries;

namespace Containerize.Images;

/// <summary>Writes an artifact as one tar: an OCI layout with, for one platform, Docker's manifest.json beside it.</summary>
/// <remarks>
/// The same blobs serve both readers, under blobs/ as Docker's own save has had it since version 25; older Dockers find them by
/// manifest.json, podman and skopeo by either. An image with a Docker manifest has no index.json, because OCI readers refuse that type there.
/// </remarks>
internal static class ArchiveWriter
{
    /// <summary>Writes the images, each blob once.</summary>
    internal static async Task WriteAsync(
        Stream output, IReadOnlyList<NamedArtifact> images, ArchiveFormat format, CancellationToken cancellationToken)
    {
        if (format == ArchiveFormat.Docker && images.Any(i => i.Artifact is ImageIndex))
        {
            throw new ContainerizeException(
                3030,
                "writing a Docker archive",
                "the image is for several platforms, and a Docker archive holds one",
                "Set ContainerImageFormat to OCI, or build for one ContainerRuntimeIdentifier.");
        }

        var tops = new List<NamedArtifact>();
        var all = new List<Artifact>();
        foreach (var image in images)
        {
            var top = format == ArchiveFormat.Oci ? await OciForm.OfAsync(image.Artifact, cancellationToken) : image.Artifact;
            tops.Add(image with { Artifact = top });
            all.AddRange(await ArtifactCopy.ChildrenFirstAsync(top, cancellationToken));
            if (top is Image one)
            {
                RefuseZstdInDocker(one, format);
            }
        }

        var tar = new ArchiveTar(output);
        var isLayout = tops.All(t => t.Artifact.Descriptor.MediaType is MediaTypes.OciManifest or MediaTypes.OciIndex);
        if (isLayout)
        {
            await AddAsync(tar, "oci-layout", LayoutIndex.Marker, cancellationToken);
        }

        await tar.AddFolderAsync("blobs", cancellationToken);
        await AddBlobsAsync(tar, all, isLayout, cancellationToken);
        if (tops.All(t => t.Artifact is Image))
        {
            await AddAsync(tar, "manifest.json", DockerManifest(tops), cancellationToken);
        }

        if (isLayout)
        {
            await AddAsync(tar, "index.json", OciJson.Write(Index(tops)), cancellationToken);
        }

        await tar.FinishAsync(cancellationToken);
    }

    private static void RefuseZstdInDocker(Image image, ArchiveFormat format)
    {
        if (format == ArchiveFormat.Docker
            && image.Manifest.Layers.FirstOrDefault(l => l.MediaType is MediaTypes.OciLayerZstd or MediaTypes.DockerLayerZstd) is { } layer)
        {
            throw new ContainerizeException(
                3031,
                "writing a Docker archive",
                $"the layer {layer.Digest} is compressed with zstd, which 'docker load' before version 23 cannot read",
                "Set ContainerImageFormat to OCI, or choose gzip layers and a base image that has them.");
        }
    }

    private static async Task AddBlobsAsync(ArchiveTar tar, IReadOnlyList<Artifact> all, bool withManifests, CancellationToken cancellationToken)
    {
        var written = new HashSet<Digest>();
        var folders = new HashSet<string>();
        async Task AddBlobAsync(Descriptor blob, Func<ValueTask<Stream>> open)
        {
            if (written.Add(blob.Digest))
            {
                if (folders.Add(blob.Digest.Algorithm))
                {
                    await tar.AddFolderAsync($"blobs/{blob.Digest.Algorithm}", cancellationToken);
                }

                await using var content = await open();
                await tar.AddAsync(PathOf(blob), new SizedStream(content, blob), cancellationToken);
            }
        }

        foreach (var one in all)
        {
            if (one is Image image)
            {
                foreach (var blob in ArtifactCopy.BlobsOf(image))
                {
                    await AddBlobAsync(blob, () => ArtifactCopy.SourceOf(image, blob).OpenAsync(blob, 0, cancellationToken));
                }
            }

            if (withManifests)
            {
                await AddBlobAsync(one.Descriptor, () => new ValueTask<Stream>(new MemoryStream(one.Bytes.ToArray(), writable: false)));
            }
        }
    }

    private static IndexManifest Index(IReadOnlyList<NamedArtifact> tops) => LayoutIndex.Empty with
    {
        Manifests = [.. tops.SelectMany(t => t.References.Count == 0
            ? [LayoutIndex.Entry(t.Artifact, null)]
            // Not the tag alone: podman takes the ref.name as the whole name, and gives it the same form as a RepoTag.
            : t.References.Select(r => LayoutIndex.Entry(t.Artifact, r.ToString(), r)))],
    };

    private static byte[] DockerManifest(IReadOnlyList<NamedArtifact> tops)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var top in tops)
            {
                WriteDockerEntry(json, (Image)top.Artifact, top.References);
            }

            json.WriteEndArray();
        }

        return bytes.ToArray();
    }

    private static void WriteDockerEntry(Utf8JsonWriter json, Image image, IReadOnlyList<Reference> references)
    {
        json.WriteStartObject();
        json.WriteString("Config", PathOf(image.Manifest.Config));
        json.WriteStartArray("RepoTags");
        foreach (var reference in references)
        {
            json.WriteStringValue(reference.ToString());
        }

        json.WriteEndArray();
        json.WriteStartArray("Layers");
        foreach (var layer in image.Manifest.Layers)
        {
            json.WriteStringValue(PathOf(layer));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string PathOf(Descriptor blob) => $"blobs/{blob.Digest.Algorithm}/{blob.Digest.Hex}";

    private static async Task AddAsync(ArchiveTar tar, string name, byte[] bytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(bytes, writable: false);
        await tar.AddAsync(name, content, cancellationToken);
    }
}
