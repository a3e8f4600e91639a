using System.Formats.Tar;
using System.IO.Compression;
using Containerize.Oci;
using Containerize.Storage;
using Microsoft.Win32.SafeHandles;

namespace Containerize.Images;

/// <summary>A tar file as a table of its files, each readable from any offset; a compressed one is expanded to a nameless temporary file.</summary>
internal sealed class ArchiveFile
{
    private const int MaxEntries = 200_000;
    private const int MaxLinks = 8;
    private const long SmallExpansion = 1L << 30;
    private const int MaxRatio = 200;
    private static readonly string[] RootFolders = ["etc/", "usr/", "bin/", "sbin/", "lib/", "var/"];

    private readonly SafeFileHandle _handle;
    private readonly string _name;
    private readonly Dictionary<string, (long Offset, long Size)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private ArchiveFile(SafeFileHandle handle, string name)
    {
        _handle = handle;
        _name = name;
    }

    /// <summary>Opens and lists an archive; CTZ3007 where it is not one, CTZ3012 where it cannot be read.</summary>
    internal static async Task<ArchiveFile> OpenAsync(string path, string name, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var tar = await ExpandAsync(file, name, cancellationToken) ?? file;
            var archive = new ArchiveFile(tar.SafeFileHandle, name);
            archive.List(tar);
            return archive;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw StorageErrors.Read(path, e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or ArgumentException or OverflowException or ZstdSharp.ZstdException)
        {
            throw LayoutErrors.Damaged(name, $"it is not a whole tar archive ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Whether it has what a machine has in its root, and no archive of images.</summary>
    internal bool LooksLikeARootFilesystem => _files.Keys.Concat(_links.Keys).Any(static name => RootFolders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal)));

    internal bool Contains(string entry) => Find(entry) is not null;

    /// <summary>The size of a file in the archive; null where there is none.</summary>
    internal long? SizeOf(string entry) => Find(entry)?.Size;

    /// <summary>A document's bytes; null where there is none.</summary>
    internal byte[]? TryReadDocument(string entry)
    {
        if (Find(entry) is not var (offset, size))
        {
            return null;
        }

        if (size > OciJson.MaxDocumentBytes)
        {
            throw LayoutErrors.Damaged(_name, $"its {entry} is {size} bytes, more than the limit of {OciJson.MaxDocumentBytes}");
        }

        var bytes = new byte[size];
        using var stream = new HandleStream(_handle, offset, size);
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Opens a file of the archive, which must be there.</summary>
    internal Stream Open(string entry, long from)
    {
        var (offset, size) = Find(entry) ?? throw LayoutErrors.Damaged(_name, $"it has no {entry}");
        return new HandleStream(_handle, offset + Math.Min(from, size), size - Math.Min(from, size));
    }

    /// <summary>A name as it stands in the table; null for one that leads out of the archive.</summary>
    internal static string? Normalise(string entry)
    {
        var parts = new List<string>();
        foreach (var part in entry.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return entry.StartsWith('/') || parts.Count == 0 ? null : string.Join('/', parts);
    }

    private static async Task<FileStream?> ExpandAsync(FileStream file, string name, CancellationToken cancellationToken)
    {
        var magic = new byte[4];
        var read = await file.ReadAtLeastAsync(magic, 4, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        using Stream? expanded = read < 4 ? null : magic switch
        {
            [0x1f, 0x8b, ..] => new GZipStream(file, CompressionMode.Decompress),
            [0x28, 0xb5, 0x2f, 0xfd] => new ZstdSharp.DecompressionStream(file),
            _ => null,
        };
        if (expanded is null)
        {
            return null;
        }

        var limit = Math.Max(SmallExpansion, file.Length * MaxRatio);
        var path = Path.Combine(Path.GetTempPath(), $"containerize-{Path.GetRandomFileName()}");
        var plain = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 0, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            // Open files outlive their names here: a killed process leaves nothing.
            File.Delete(path);
        }

        var buffer = new byte[128 * 1024];
        for (int count; (count = await expanded.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (plain.Length + count > limit)
            {
                throw LayoutErrors.Damaged(name, $"it expands to more than {limit} bytes");
            }

            try
            {
                await plain.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
            catch (IOException e)
            {
                throw StorageErrors.Write(path, e);
            }
        }

        plain.Position = 0;
        return plain;
    }

    private void List(FileStream tar)
    {
        using var reader = new TarReader(tar, leaveOpen: true);
        var count = 0;
        while (reader.GetNextEntry() is { } entry)
        {
            if (++count > MaxEntries)
            {
                throw LayoutErrors.Damaged(_name, $"it has more than {MaxEntries} entries");
            }

            if (Normalise(entry.Name) is not { } name)
            {
                continue;
            }

            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
            {
                // Of two documents of one name one reader takes the first, another the last.
                if (!_files.TryAdd(name, (entry.DataOffset, entry.Length)) && name.EndsWith(".json", StringComparison.Ordinal))
                {
                    throw LayoutErrors.Damaged(_name, $"it has two files called {name}");
                }
            }
            else if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                var folder = entry.EntryType == TarEntryType.HardLink ? "" : Path.GetDirectoryName(name)?.Replace('\\', '/') + "/";
                if (Normalise(folder.TrimStart('/') + entry.LinkName) is { } target)
                {
                    _links[name] = target;
                }
            }
        }
    }

    private (long Offset, long Size)? Find(string entry)
    {
        var name = Normalise(entry);
        for (var hops = 0; name is not null && hops < MaxLinks; hops++)
        {
            if (_files.TryGetValue(name, out var place))
            {
                return place;
            }

            name = _links.GetValueOrDefault(name);
        }

        return null;
    }
}
