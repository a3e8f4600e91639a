using Containerize.Oci;

namespace Containerize.Layers;

/// <summary>Keeps a cache bounded; several processes may do so at once, while others use it.</summary>
internal sealed class CacheTrimmer(LayerCache cache)
{
    private static readonly TimeSpan Stale = TimeSpan.FromDays(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(90);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // A layer that its own project has superseded needs little protection beside leases: edits follow each other within seconds.
    private static readonly TimeSpan SupersededRest = TimeSpan.FromSeconds(10);

    private string Layers => Path.Combine(cache.Directory, "layers");

    private string Records => Path.Combine(cache.Directory, "files");

    /// <summary>When an entry of the index was last used, UTC ticks; 0 where it is gone.</summary>
    public static long LastUsed(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? info.LastWriteTimeUtc.Ticks : 0;
    }

    /// <summary>Trims to the default bound, at most once an hour.</summary>
    public void TrimIfDue()
    {
        var marker = Path.Combine(cache.Directory, "trimmed");
        // A marker of the future is from a clock that was wrong then.
        if ((DateTime.UtcNow - new DateTime(LastUsed(marker), DateTimeKind.Utc)).Duration() > Interval && AtomicFile.TryWrite(marker, []))
        {
            Trim(LayerCache.DefaultMaxBytes, TimeSpan.FromMinutes(10));
        }
    }

    public void Trim(long maxBytes, TimeSpan keepUsedWithin)
    {
        try
        {
            Evict(maxBytes, KeepFrom(keepUsedWithin));
            Sweep();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process trims too, and took a file or folder from under us: it does our work.
        }
    }

    /// <summary>
    /// Removes a layer that has been superseded several times in its own project and that nobody has used since; false where it is too early.
    /// </summary>
    public bool DropSuperseded(FileRecords.MadeLayer made)
    {
        var path = cache.EntryPath(made.Entry);
        var lastUsed = LastUsed(path);
        if (lastUsed > made.LastUsed || CacheEntry.TryRead(path) is not { } entry)
        {
            return true; // it is another's now, or gone
        }

        return TryEvict(new Item(path, entry.Blob.Digest, entry.Blob.Size, lastUsed), KeepFrom(SupersededRest))
            && AtomicFile.TryDelete(cache.Blobs.PathOf(entry.Blob.Digest));
    }

    private void Evict(long maxBytes, long keepFrom)
    {
        var items = Indexed().Concat(Orphans()).OrderBy(item => item.LastUsed).ToList();
        var total = items.DistinctBy(item => item.Blob).Sum(item => item.Size);
        var uses = items.CountBy(item => item.Blob).ToDictionary();
        foreach (var item in items.TakeWhile(_ => total > maxBytes))
        {
            if (!TryEvict(item, keepFrom))
            {
                continue;
            }

            if (--uses[item.Blob] == 0 && AtomicFile.TryDelete(cache.Blobs.PathOf(item.Blob)))
            {
                total -= item.Size;
            }
        }
    }

    private long KeepFrom(TimeSpan keepUsedWithin)
    {
        var recent = DateTime.UtcNow - keepUsedWithin;
        return (CacheLease.OldestStart(cache.Directory) is { } lease && lease < recent ? lease : recent).Ticks;
    }

    // The entry is taken away first and its time read then: a user who touched it before it went is seen, and one who comes later finds nothing.
    private static bool TryEvict(Item item, long keepFrom)
    {
        if (item.LastUsed >= keepFrom)
        {
            return false;
        }

        if (item.Entry is null)
        {
            return true;
        }

        var aside = Path.Combine(Path.GetDirectoryName(item.Entry)!, $"{AtomicFile.TemporaryPrefix}{Path.GetRandomFileName()}");
        try
        {
            File.Move(item.Entry, aside);
            if (LastUsed(aside) >= keepFrom)
            {
                File.Move(aside, item.Entry, overwrite: true);
                return false;
            }

            File.Delete(aside);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<Item> Indexed()
    {
        foreach (var file in Files(Layers, recurse: true))
        {
            if (!file.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal) && CacheEntry.TryRead(file.FullName) is { } entry)
            {
                yield return new Item(file.FullName, entry.Blob.Digest, entry.Blob.Size, file.LastWriteTimeUtc.Ticks);
            }
        }
    }

    // A process that was killed between a blob and its entry leaves a blob alone.
    private IEnumerable<Item> Orphans()
    {
        var known = Indexed().Select(item => item.Blob).ToHashSet();
        foreach (var file in Files(Path.Combine(cache.Blobs.Directory, "sha256"), recurse: false))
        {
            if (Digest.TryParse($"sha256:{file.Name}", out var digest) && !known.Contains(digest))
            {
                yield return new Item(null, digest, file.Length, file.LastWriteTimeUtc.Ticks);
            }
        }
    }

    private void Sweep()
    {
        var stale = DateTime.UtcNow - Stale;
        foreach (var file in Files(cache.Blobs.Directory, recurse: false).Concat(Files(Layers, recurse: true)).Concat(Files(Records, recurse: false)))
        {
            if (file.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal) && file.LastWriteTimeUtc < stale)
            {
                // Taking the lock deletes the file when it is let go; one that is still written is locked.
                CacheLock.TryTake(file.FullName)?.Dispose();
            }
        }

        foreach (var file in Files(Layers, recurse: true).Where(file => file.LastWriteTimeUtc < stale && CacheEntry.TryRead(file.FullName) is null))
        {
            AtomicFile.TryDelete(file.FullName); // damaged, and not made again since
        }

        foreach (var file in Files(Records, recurse: false).Where(file => file.LastWriteTimeUtc < DateTime.UtcNow - Forgotten))
        {
            AtomicFile.TryDelete(file.FullName);
        }

        foreach (var shape in Folders(Layers))
        {
            try
            {
                shape.Delete();
            }
            catch (IOException)
            {
                // Not empty.
            }
            catch (UnauthorizedAccessException)
            {
                // Not ours.
            }
        }
    }

    private static List<FileInfo> Files(string directory, bool recurse)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = recurse, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.Exists(directory) ? [.. new DirectoryInfo(directory).EnumerateFiles("*", options)] : [];
    }

    private static List<DirectoryInfo> Folders(string directory) =>
        Directory.Exists(directory) ? [.. new DirectoryInfo(directory).EnumerateDirectories()] : [];

    private sealed record Item(string? Entry, Digest Blob, long Size, long LastUsed);
}
