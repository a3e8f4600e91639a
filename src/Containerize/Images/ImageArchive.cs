using Containerize.Layers.Compression;
using Containerize.Registries;
using Containerize.Storage;

namespace Containerize.Images;

/// <summary>Writes an image to one tar file, gzip-compressed where the name ends in <c>.tar.gz</c> or <c>.tgz</c>; the same image gives the same bytes.</summary>
/// <param name="path">The file, best an absolute path; a folder gets <c>&lt;repository&gt;.tar.gz</c> in it.</param>
/// <param name="references">The names of the image in the archive; the first gives the file's name in a folder.</param>
/// <param name="format">The kind of archive; several platforms need <see cref="ArchiveFormat.Oci"/> (CTZ3030).</param>
public sealed class ImageArchive(string path, IReadOnlyList<Reference> references, ArchiveFormat format) : IImageDestination
{
    private const int BufferSize = 128 * 1024;
    private const int MaxThreads = 4;

    /// <inheritdoc />
    public string Name => (format == ArchiveFormat.Oci ? "oci-archive:" : "docker-archive:") + Path;

    /// <summary>The file that is written.</summary>
    public string Path { get; } = FileFor(path, references);

    /// <summary>Opens an archive for reading, of this kind or, with null, of whichever it is; plain, gzip or zstd.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The image's name in it; null for the only one (CTZ3008).</param>
    /// <param name="format">The kind; null finds it out.</param>
    public static IImageSource Open(string path, string? name = null, ArchiveFormat? format = null) => new ArchiveSource(path, name, format);

    /// <summary>Reads all images of an archive with their names, each image once; CTZ3007 where there is none.</summary>
    /// <param name="path">The file: an OCI or a Docker archive; plain, gzip or zstd.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static Task<IReadOnlyList<NamedArtifact>> ReadAllAsync(string path, CancellationToken cancellationToken) =>
        new ArchiveSource(path, null, null).ReadAllAsync(cancellationToken);

    /// <summary>Writes several images to one file, compressed where its name says so; a failure leaves what was there before.</summary>
    /// <param name="path">The file; a folder gets <c>&lt;repository&gt;.tar.gz</c> in it, by the first image's name.</param>
    /// <param name="images">The images with their names.</param>
    /// <param name="format">The kind of archive.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    public static async Task WriteAsync(
        string path, IReadOnlyList<NamedArtifact> images, ArchiveFormat format, CancellationToken cancellationToken)
    {
        var file = FileFor(path, images.Count == 0 ? [] : images[0].References);
        // A link stays one: what it points to is replaced.
        var target = new FileInfo(file).LinkTarget is null ? file : File.ResolveLinkTarget(file, returnFinalTarget: true)!.FullName;
        var temporary = AtomicFile.TemporaryFor(target);
        BlobStore.EnsureParent(temporary);
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                await WriteFileAsync(stream, IsCompressed(file), images, format, cancellationToken);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(target, e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes several images to a stream, uncompressed; its failures are the caller's to name.</summary>
    public static Task WriteAsync(Stream output, IReadOnlyList<NamedArtifact> images, ArchiveFormat format, CancellationToken cancellationToken) =>
        ArchiveWriter.WriteAsync(output, images, format, cancellationToken);

    /// <inheritdoc />
    public Task WriteAsync(Artifact artifact, CancellationToken cancellationToken) =>
        WriteAsync(Path, [new NamedArtifact(artifact, references)], format, cancellationToken);

    private static async Task WriteFileAsync(
        FileStream file, bool compressed, IReadOnlyList<NamedArtifact> images, ArchiveFormat format, CancellationToken cancellationToken)
    {
        if (!compressed)
        {
            await ArchiveWriter.WriteAsync(file, images, format, cancellationToken);
            return;
        }

        await using var gzip = new GzipWriter(file, Math.Min(Environment.ProcessorCount, MaxThreads));
        await ArchiveWriter.WriteAsync(gzip, images, format, cancellationToken);
    }

    private static bool IsCompressed(string path) =>
        path.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);

    private static string FileFor(string path, IReadOnlyList<Reference> references)
    {
        if (!Directory.Exists(path) && !System.IO.Path.EndsInDirectorySeparator(path))
        {
            return path;
        }

        if (references.Count == 0)
        {
            throw new ContainerizeException(3032, $"writing an archive to {path}", "it is a folder, and the image has no name to call a file by", "Give the path of a file.");
        }

        var repository = references[0].ToString() == references[0].Canonical ? references[0].Repository : NameOf(references[0]);
        return System.IO.Path.Combine(path, repository + ".tar.gz");
    }

    // "app" and not "library/app", where that is how it was named.
    private static string NameOf(Reference reference) =>
        reference.Repository.StartsWith("library/", StringComparison.Ordinal) ? reference.Repository["library/".Length..] : reference.Repository;
}
