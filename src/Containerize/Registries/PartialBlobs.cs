using Containerize.Images;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries;

/// <summary>Downloads that are under way, a file each: what a process was killed in, another goes on with.</summary>
/// <remarks>What was there before is hashed again; nothing enters the cache before the whole has its digest.</remarks>
internal sealed class PartialBlobs(string directory)
{
    private const int MostFiles = 16;
    private static readonly TimeSpan Life = TimeSpan.FromDays(3);

    /// <summary>Brings a blob into the cache; false where another process is at it, or what was there before was of no use.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="open">Opens the blob from an offset on; told what was there before.</param>
    /// <param name="cancellationToken">Ends it; what has come stays.</param>
    internal async Task<bool> TryFetchAsync(Descriptor blob, BlobStore cache, Func<long, Stream> open, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, blob.Digest.Hex);
        Tidy();
        using var held = TryHold(path);
        if (held is null)
        {
            return false;
        }

        try
        {
            return await BringAsync(path, blob, cache, open, cancellationToken);
        }
        finally
        {
            Layers.AtomicFile.TryDelete(LockOf(path));
        }
    }

    private static async Task<bool> BringAsync(string path, Descriptor blob, BlobStore cache, Func<long, Stream> open, CancellationToken cancellationToken)
    {
        long before;
        bool isRight;
        try
        {
            await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            before = file.Length;
            isRight = await FillAsync(file, blob, open, cancellationToken);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw StorageErrors.Write(path, e);
        }

        if (isRight)
        {
            cache.Adopt(path, blob);
        }
        else
        {
            Layers.AtomicFile.TryDelete(path);
        }

        return isRight || (before > 0 ? false : throw BlobErrors.Mismatch(blob, "another"));
    }

    private static async Task<bool> FillAsync(FileStream file, Descriptor blob, Func<long, Stream> open, CancellationToken cancellationToken)
    {
        using var hash = blob.Digest.CreateHash();
        var buffer = new byte[128 * 1024];
        var length = 0L;
        for (int count; (count = file.Read(buffer)) > 0; length += count)
        {
            hash.AppendData(buffer, 0, count);
        }

        if (length < blob.Size)
        {
            await using var rest = open(length);
            for (int count; length <= blob.Size && (count = await rest.ReadAsync(buffer, cancellationToken)) > 0; length += count)
            {
                file.Write(buffer, 0, count);
                hash.AppendData(buffer, 0, count);
            }
        }

        return length == blob.Size && Digest.FromHash(hash.GetHashAndReset()) == blob.Digest;
    }

    private static string LockOf(string path) => path + ".lock";

    private static FileLock? TryHold(string path)
    {
        try
        {
            return FileLock.TryAcquire(LockOf(path), shared: false);
        }
        catch (ContainerizeException)
        {
            // No place for it: then the blob is got as if there were no such thing.
            return null;
        }
    }

    private void Tidy()
    {
        try
        {
            if (!Directory.Exists(directory))
            {
                return;
            }

            var files = new DirectoryInfo(directory).GetFiles();
            Array.Sort(files, static (a, b) => b.LastWriteTimeUtc.CompareTo(a.LastWriteTimeUtc));
            for (var i = 0; i < files.Length; i++)
            {
                if (i >= MostFiles || DateTime.UtcNow - files[i].LastWriteTimeUtc > Life)
                {
                    files[i].Delete();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process tidies up as well.
        }
    }
}
