namespace Containerize.Layers;

/// <summary>A lease on all that is used from its start: an open, locked file whose time is that start; the kernel ends it with the process.</summary>
internal sealed class CacheLease : IDisposable
{
    // A lease this young may be between being made and being locked: it counts as held, and is not touched.
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private readonly FileStream? _file;

    public CacheLease(string cache) =>
        _file = CacheLock.TryTake(Path.Combine(cache, "leases", Path.GetRandomFileName()));

    /// <summary>When the oldest lease that is held began; null where there is none. Leases of dead processes are removed.</summary>
    public static DateTime? OldestStart(string cache)
    {
        DateTime? oldest = null;
        try
        {
            foreach (var file in new DirectoryInfo(Path.Combine(cache, "leases")).EnumerateFiles())
            {
                var start = file.LastWriteTimeUtc;
                var free = start > DateTime.UtcNow - Young ? null : CacheLock.TryTake(file.FullName);
                if (free is not null)
                {
                    free.Dispose();
                }
                else if (oldest is null || start < oldest)
                {
                    oldest = start;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No folder: no leases.
        }

        return oldest;
    }

    public void Dispose() => _file?.Dispose();
}
