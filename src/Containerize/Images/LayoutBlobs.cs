using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Images;

/// <summary>The blobs of a layout that is not ours: verified as they are read, links refused, never changed.</summary>
internal sealed class LayoutBlobs(string directory, string name) : IBlobSource
{
    private readonly string _blobs = Path.Combine(directory, "blobs");

    public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_blobs, blob.Digest.Algorithm);
        var info = new FileInfo(Path.Combine(folder, blob.Digest.Hex));
        // A link could point at any file of this machine, which would then be part of an image that is shipped.
        foreach (var link in new FileSystemInfo[] { new DirectoryInfo(_blobs), new DirectoryInfo(folder), info })
        {
            if (link.LinkTarget is not null)
            {
                throw LayoutErrors.Damaged(name, $"{link.FullName} is a symbolic link, and blobs must be files");
            }
        }

        if (!info.Exists)
        {
            throw BlobErrors.Absent(blob, name);
        }

        // Also keeps a fifo from being opened: it has no length.
        if (info.Length != blob.Size)
        {
            throw BlobErrors.Mismatch(blob, $"{info.Length} bytes");
        }

        if (blob.Size == 0)
        {
            BlobErrors.Check(blob, []);
            return new ValueTask<Stream>(Stream.Null);
        }

        try
        {
            var file = new FileStream(info.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.SequentialScan);
            if (offset == 0)
            {
                return new ValueTask<Stream>(new VerifyingStream(file, blob));
            }

            file.Seek(offset, SeekOrigin.Begin);
            return new ValueTask<Stream>(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Read(info.FullName, e);
        }
    }
}
