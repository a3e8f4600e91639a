using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Storage;

/// <summary>A folder of blobs by digest, <c>sha256/&lt;hex&gt;</c>, as OCI layouts have it; nothing enters it before digest and size agree.</summary>
/// <remarks>
/// Many processes may use one folder at once: a blob is written to a temporary file beside its place and renamed into it, and never changed.
/// </remarks>
public sealed class BlobStore(string directory) : IBlobSource
{
    /// <summary>The folder that holds <c>sha256</c>.</summary>
    public string Directory { get; } = directory;

    /// <summary>The path of a blob, there or not.</summary>
    public string PathOf(Digest digest) => Path.Combine(Directory, digest.Algorithm, digest.Hex);

    /// <summary>Whether a blob of this digest and size is there, as a regular file; one of another size is put aside (see <see cref="Discard"/>).</summary>
    public bool Contains(Descriptor blob)
    {
        var info = new FileInfo(PathOf(blob.Digest));
        if (!Present(info))
        {
            return false;
        }

        if (info.LinkTarget is null && (info.Attributes & FileAttributes.Directory) == 0 && info.Length == blob.Size)
        {
            return true;
        }

        Discard(blob.Digest);
        return false;
    }

    /// <summary>Removes what stands in a blob's place: it was found not to be that blob.</summary>
    public void Discard(Digest digest)
    {
        var path = PathOf(digest);
        try
        {
            if (System.IO.Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                System.IO.Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(path, e);
        }
    }

    /// <inheritdoc />
    public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) => new(Open(blob, offset));

    /// <summary>Opens a blob; read from 0 to its end it is verified, and one that is damaged is put aside and fails with CTZ3003.</summary>
    public Stream Open(Descriptor blob, long offset = 0)
    {
        if (!Contains(blob))
        {
            throw BlobErrors.Absent(blob, Directory);
        }

        FileStream file;
        try
        {
            file = new FileStream(PathOf(blob.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Read(PathOf(blob.Digest), e);
        }

        if (offset > 0)
        {
            file.Seek(offset, SeekOrigin.Begin);
            return file;
        }

        return new VerifyingStream(file, blob, () => Discard(blob.Digest));
    }

    /// <summary>Starts a new blob whose digest is not known yet.</summary>
    public BlobWriter CreateWriter() => new(this);

    /// <summary>Copies a blob in from elsewhere unless it is there; CTZ3003 where its content is not what was promised.</summary>
    public async Task AddAsync(Descriptor blob, IBlobSource source, CancellationToken cancellationToken)
    {
        if (Contains(blob) || (source is BlobStore other && TryLinkFrom(other, blob)))
        {
            return;
        }

        await using var stream = await source.OpenAsync(blob, 0, cancellationToken);
        // A registry's blob is in the cache once it is open.
        if (source is not BlobStore && BlobSources.Find<BlobStore>(source, blob) is { } kept && TryLinkFrom(kept, blob))
        {
            return;
        }

        using var writer = CreateWriter();
        await stream.CopyToAsync(writer, 128 * 1024, cancellationToken);
        writer.Commit(blob);
    }

    /// <summary>Adds bytes that are in memory.</summary>
    public void Add(Descriptor blob, ReadOnlySpan<byte> bytes)
    {
        BlobErrors.Check(blob, bytes);
        if (Contains(blob))
        {
            return;
        }

        using var writer = CreateWriter();
        writer.Write(bytes);
        writer.Commit(blob);
    }

    /// <summary>Takes a file on the same disk that was found to be the blob.</summary>
    internal void Adopt(string path, Descriptor blob)
    {
        var place = PathOf(blob.Digest);
        EnsureParent(place);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }

            if (!Contains(blob))
            {
                File.Move(path, place, overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(place, e);
        }
    }

    /// <summary>A blob's bytes, verified; for documents.</summary>
    public byte[] ReadAllBytes(Descriptor blob)
    {
        if (blob.Size > OciJson.MaxDocumentBytes)
        {
            throw BlobErrors.Mismatch(blob, $"no document: more than {OciJson.MaxDocumentBytes} bytes");
        }

        using var stream = Open(blob);
        var bytes = new byte[blob.Size];
        stream.ReadExactly(bytes);
        // One more read lets the verifying stream see the end.
        if (stream.ReadByte() >= 0)
        {
            throw BlobErrors.Mismatch(blob, "longer");
        }

        return bytes;
    }

    // A hard link costs no bytes; where the file systems differ or have none, the caller copies.
    private bool TryLinkFrom(BlobStore other, Descriptor blob)
    {
        if (!other.Contains(blob))
        {
            throw BlobErrors.Absent(blob, other.Directory);
        }

        var target = PathOf(blob.Digest);
        EnsureParent(target);
        return HardLink.TryCreate(other.PathOf(blob.Digest), target) || Contains(blob);
    }

    internal static void EnsureParent(string path)
    {
        try
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(path, e);
        }
    }

    // Exists is false for a dangling link, which must be seen too.
    private static bool Present(FileInfo info) => info.Exists || info.LinkTarget is not null || System.IO.Directory.Exists(info.FullName);
}
