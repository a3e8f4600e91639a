using System.Diagnostics;

namespace Containerize.Storage;

/// <summary>A lock that the kernel keeps (flock, or a share mode on Windows): it ends with its holder, however that ends.</summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock; CTZ3013 after ten minutes.</summary>
    /// <param name="path">The lock's file, made where it is not there.</param>
    /// <param name="shared">Whether others may hold it too, if they also ask for it so.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<FileLock> AcquireAsync(string path, bool shared, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        for (var delay = 1; ; delay = Math.Min(delay * 2, 50))
        {
            if (TryAcquire(path, shared) is { } held)
            {
                return held;
            }

            if (waited.Elapsed > Limit)
            {
                throw new ContainerizeException(
                    3013, $"waiting for the lock {path}", $"another process has held it for {Limit.TotalMinutes} minutes", "See which process has it open, and end that one.");
            }

            await Task.Delay(delay, cancellationToken);
        }
    }

    /// <summary>Takes the lock if that is possible at once; null where it is not.</summary>
    public static FileLock? TryAcquire(string path, bool shared)
    {
        BlobStore.EnsureParent(path);
        try
        {
            return new FileLock(new FileStream(
                path,
                FileMode.OpenOrCreate,
                shared ? FileAccess.Read : FileAccess.ReadWrite,
                shared ? FileShare.Read : FileShare.None,
                bufferSize: 0));
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(path, e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; ERROR_SHARING_VIOLATION is 32 on Windows.
    private static bool IsHeld(IOException e) => OperatingSystem.IsWindows()
        ? e.HResult == unchecked((int)0x80070020)
        : e.HResult is 11 or 35;
}
