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

    /// <inheritdoc />
    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        // A link stays one: what it points to is replaced.
        var target = new FileInfo(Path).LinkTarget is null ? Path : File.ResolveLinkTarget(Path, returnFinalTarget: true)!.FullName;
        var temporary = AtomicFile.TemporaryFor(target);
        BlobStore.EnsureParent(temporary);
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                await WriteAsync(file, artifact, cancellationToken);
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

    private async Task WriteAsync(FileStream file, Artifact artifact, CancellationToken cancellationToken)
    {
        if (!IsCompressed(Path))
        {
            await ArchiveWriter.WriteAsync(file, artifact, references, format, cancellationToken);
            return;
        }

        await using var gzip = new GzipWriter(file, Math.Min(Environment.ProcessorCount, MaxThreads));
        await ArchiveWriter.WriteAsync(gzip, artifact, references, format, cancellationToken);
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
