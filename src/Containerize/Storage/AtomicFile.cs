namespace Containerize.Storage;

/// <summary>Small files that are there whole or not at all.</summary>
internal static class AtomicFile
{
    private const string Prefix = ".tmp-";

    /// <summary>Whether the file is a leftover of a process that was killed while it wrote.</summary>
    internal static bool IsTemporary(string path) => Path.GetFileName(path).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>A name beside the file for its next content.</summary>
    internal static string TemporaryFor(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $"{Prefix}{Environment.ProcessId}-{Path.GetRandomFileName()}");

    /// <summary>Replaces the file in one step; CTZ3011 leaves the earlier one.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> bytes) => Write(path, bytes, overwrite: true);

    /// <summary>Makes the file unless it is there.</summary>
    internal static void CreateIfAbsent(string path, ReadOnlySpan<byte> bytes)
    {
        if (!File.Exists(path))
        {
            Write(path, bytes, overwrite: false);
        }
    }

    /// <summary>The file's bytes; null where there is none; CTZ3012 where it cannot be read, or is larger than the limit.</summary>
    internal static byte[]? TryRead(string path, int limit)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                if (file.Length > limit)
                {
                    throw new ContainerizeException(3012, $"reading {path}", $"it is {file.Length} bytes, more than the limit of {limit}", "Check what wrote it.");
                }

                var bytes = new byte[file.Length];
                file.ReadExactly(bytes);
                return bytes;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            catch (IOException) when (attempt < 100)
            {
                // Another process of ours holds its lock on this file, for as long as it takes to write an index.
                Thread.Sleep(10);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StorageErrors.Read(path, e);
            }
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes, bool overwrite)
    {
        BlobStore.EnsureParent(path);
        var temporary = TemporaryFor(path);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            // Another was first.
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (IOException)
            {
                // The first failure is the one to tell.
            }

            throw StorageErrors.Write(path, e);
        }
    }
}
