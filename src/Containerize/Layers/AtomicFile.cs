namespace Containerize.Layers;

/// <summary>Small files of the cache that are there whole or not at all: written beside their place, then renamed into it.</summary>
internal static class AtomicFile
{
    /// <summary>The prefix of unfinished files; those of killed processes are swept later.</summary>
    public const string TemporaryPrefix = ".tmp-";

    /// <summary>Replaces a file; false, and nothing half, where the disk does not allow it.</summary>
    public static bool TryWrite(string path, ReadOnlySpan<byte> bytes)
    {
        var directory = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(directory, $"{TemporaryPrefix}{Environment.ProcessId}-{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(directory);
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(bytes);
            }

            // ext4 writes a file that is renamed over another to the disk before it goes on (auto_da_alloc, ext4(5)): milliseconds of each build. Who
            // looks between the two finds nothing, which a cache is made for.
            File.Delete(path);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            return false;
        }
    }

    /// <summary>Deletes a file; false where it stays.</summary>
    public static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
