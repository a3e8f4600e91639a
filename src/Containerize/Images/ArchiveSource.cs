using Containerize.Oci;
using Containerize.Registries;
using Containerize.Storage;

namespace Containerize.Images;

/// <summary>Reads an image from a tar file: an OCI layout, or what <c>docker save</c> and its like write.</summary>
internal sealed class ArchiveSource(string path, string? wanted, ArchiveFormat? format) : IImageSource
{
    public string Name => wanted is null ? BaseName : $"{BaseName}:{wanted}";

    private string BaseName => (format == ArchiveFormat.Docker ? "docker-archive:" : "oci-archive:") + path;

    public async Task<Artifact> ReadAsync(CancellationToken cancellationToken)
    {
        var archive = await ArchiveFile.OpenAsync(path, BaseName, cancellationToken);
        var (isLayout, isDocker) = (archive.Contains("index.json"), archive.Contains("manifest.json"));
        if (format == ArchiveFormat.Docker || (format is null && !isLayout))
        {
            return !isDocker
                ? throw LayoutErrors.NoImages(archive, BaseName, isLayout ? "it has no manifest.json; it is an OCI archive, to be named oci-archive:" : "it has no manifest.json")
                : await new DockerArchive(archive, BaseName).ReadAsync(wanted, cancellationToken);
        }

        if (!isLayout)
        {
            throw LayoutErrors.NoImages(archive, BaseName, isDocker ? "it has no index.json; it is a Docker archive, to be named docker-archive:" : "it has no index.json");
        }

        LayoutIndex.CheckMarker(archive.TryReadDocument("oci-layout") ?? throw LayoutErrors.Damaged(BaseName, "it has no oci-layout file"), BaseName);
        var index = OciJson.ReadIndex(archive.TryReadDocument("index.json"), $"{BaseName}, index.json");
        return await ArtifactReader.ReadAsync(LayoutIndex.Choose(index, wanted, BaseName), new ArchiveBlobs(archive, BaseName), cancellationToken);
    }

    internal async Task<IReadOnlyList<NamedArtifact>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var archive = await ArchiveFile.OpenAsync(path, path, cancellationToken);
        if (!archive.Contains("index.json"))
        {
            return archive.Contains("manifest.json")
                ? await new DockerArchive(archive, path).ReadAllAsync(cancellationToken)
                : throw LayoutErrors.NoImages(archive, path, "it has no index.json and no manifest.json, so it is neither an OCI nor a Docker archive");
        }

        LayoutIndex.CheckMarker(archive.TryReadDocument("oci-layout") ?? throw LayoutErrors.Damaged(path, "it has no oci-layout file"), path);
        var index = OciJson.ReadIndex(archive.TryReadDocument("index.json"), $"{path}, index.json");
        var images = new List<NamedArtifact>();
        foreach (var group in index.Manifests.GroupBy(m => m.Digest))
        {
            var artifact = await ArtifactReader.ReadAsync(group.First(), new ArchiveBlobs(archive, path), cancellationToken);
            images.Add(new NamedArtifact(artifact, [.. group.Select(LayoutIndex.ReferenceOf).OfType<Reference>().Distinct()]));
        }

        return images.Count > 0 ? images : throw LayoutErrors.Damaged(path, "its index.json lists no image");
    }

    private sealed class ArchiveBlobs(ArchiveFile archive, string name) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
        {
            var entry = $"blobs/{blob.Digest.Algorithm}/{blob.Digest.Hex}";
            if (archive.SizeOf(entry) is not { } size)
            {
                throw BlobErrors.Absent(blob, name);
            }

            if (size != blob.Size)
            {
                throw BlobErrors.Mismatch(blob, $"{size} bytes");
            }

            var stream = archive.Open(entry, offset);
            return new ValueTask<Stream>(offset == 0 ? new VerifyingStream(stream, blob) : stream);
        }
    }
}
