using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Images;

/// <summary>An OCI image layout in a folder (image-spec image-layout.md): read from, or added to.</summary>
/// <remarks>An image of Docker's form is written in OCI's, with another digest: tools that read layouts know no other.</remarks>
/// <param name="directory">The folder, best an absolute path.</param>
/// <param name="refName">The image's name in it (<c>org.opencontainers.image.ref.name</c>); null reads the only one, or writes one with no name.</param>
public sealed class OciLayout(string directory, string? refName = null) : IImageSource, IImageDestination
{
    /// <inheritdoc />
    public string Name => refName is null ? $"oci:{directory}" : $"oci:{directory}:{refName}";

    private string BaseName => $"oci:{directory}";

    /// <inheritdoc />
    public async Task<Artifact> ReadAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw LayoutErrors.Damaged(BaseName, "there is no such folder");
        }

        LayoutIndex.CheckMarker(
            ReadFile("oci-layout") ?? throw LayoutErrors.Damaged(BaseName, "it has no oci-layout file, so it is not an OCI image layout"), BaseName);
        var entry = LayoutIndex.Choose(ReadIndex() ?? throw LayoutErrors.Damaged(BaseName, "it has no index.json"), refName, BaseName);
        return await ArtifactReader.ReadAsync(entry, new LayoutBlobs(directory, BaseName), cancellationToken);
    }

    /// <inheritdoc />
    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        var marker = Path.Combine(directory, "oci-layout");
        if (File.Exists(marker))
        {
            LayoutIndex.CheckMarker(ReadFile("oci-layout")!, BaseName);
        }
        else if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any(IsForeign))
        {
            throw new ContainerizeException(
                3009, $"writing {Name}", "the folder has other files and is not an OCI image layout", "Choose a new or an empty folder.");
        }

        artifact = await OciForm.OfAsync(artifact, cancellationToken);
        // The copies are the user's, who may change them: no hard links to our cache.
        await ArtifactCopy.ToAsync(artifact, new BlobStore(Path.Combine(directory, "blobs")), link: false, cancellationToken);
        AtomicFile.CreateIfAbsent(marker, LayoutIndex.Marker);
        using (await FileLock.AcquireAsync(marker, shared: false, cancellationToken))
        {
            var index = LayoutIndex.With(ReadIndex() ?? LayoutIndex.Empty, LayoutIndex.Entry(artifact, refName));
            AtomicFile.Write(Path.Combine(directory, "index.json"), OciJson.WriteIndented(index));
        }
    }

    private IndexManifest? ReadIndex() => ReadFile("index.json") is { } bytes ? OciJson.ReadIndex(bytes, $"{BaseName}, index.json") : null;

    // "oci-layout" may have come since it was looked for, by another writer.
    private static bool IsForeign(string path) =>
        Path.GetFileName(path) is not ("blobs" or "index.json" or "oci-layout") && !AtomicFile.IsTemporary(path);

    private byte[]? ReadFile(string file) => AtomicFile.TryRead(Path.Combine(directory, file), OciJson.MaxDocumentBytes);
}
