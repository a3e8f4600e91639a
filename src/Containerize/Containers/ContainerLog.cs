using Containerize.Linux;

namespace Containerize.Containers;

/// <summary>Reads a container's log while it is written and put aside: LOG, and before it LOG.1, LOG.2 and so on.</summary>
/// <param name="path">The newest file.</param>
public sealed class ContainerLog(string path) : IDisposable
{
    private FileStream? _file;
    private ulong _inode;
    private byte[] _rest = [];

    /// <summary>The lines there are, the oldest first.</summary>
    /// <param name="most">So many of the last; null: all.</param>
    /// <param name="from">Only from then on.</param>
    /// <param name="to">Only up to then.</param>
    public IEnumerable<LogEntry> Last(int? most, DateTimeOffset? from, DateTimeOffset? to)
    {
        var found = All().Where(e => (from is null || e.Time >= from) && (to is null || e.Time <= to));
        if (most is not { } limit)
        {
            return found;
        }

        var last = new Queue<LogEntry>();
        var lines = 0;
        foreach (var entry in found)
        {
            last.Enqueue(entry);
            lines += entry.IsWhole ? 1 : 0;
            while (lines > limit)
            {
                lines -= last.Dequeue().IsWhole ? 1 : 0;
            }
        }

        return limit == 0 ? [] : last;
    }

    /// <summary>The lines that have come since.</summary>
    public IEnumerable<LogEntry> Next()
    {
        foreach (var entry in Read())
        {
            yield return entry;
        }

        // Put aside: what was left of it is read, and there is a new one.
        if (_file is not null && File.Exists(path) && (InodeOf(path) != _inode || new FileInfo(path).Length < _file.Position))
        {
            Close();
            foreach (var entry in Read())
            {
                yield return entry;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private IEnumerable<LogEntry> All()
    {
        var older = 1;
        while (File.Exists($"{path}.{older}"))
        {
            older++;
        }

        for (var number = older - 1; number > 0; number--)
        {
            using var file = new FileStream($"{path}.{number}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var rest = Array.Empty<byte>();
            foreach (var entry in Lines(file, r => rest = r, () => rest))
            {
                yield return entry;
            }
        }

        foreach (var entry in Read())
        {
            yield return entry;
        }
    }

    private IEnumerable<LogEntry> Read()
    {
        if (_file is null)
        {
            if (!File.Exists(path))
            {
                return [];
            }

            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            _inode = FileStatus.Of((int)_file.SafeFileHandle.DangerousGetHandle()).Inode;
        }

        return Lines(_file, r => _rest = r, () => _rest);
    }

    private static IEnumerable<LogEntry> Lines(FileStream file, Action<byte[]> keep, Func<byte[]> kept)
    {
        var buffer = new byte[65536];
        int read;
        while ((read = file.Read(buffer, 0, buffer.Length)) > 0)
        {
            byte[] bytes = [.. kept(), .. buffer.AsSpan(0, read)];
            var start = 0;
            while (Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and var end)
            {
                if (LogEntry.TryParse(bytes.AsSpan(start, end - start)) is { } entry)
                {
                    yield return entry;
                }

                start = end + 1;
            }

            keep(bytes[start..]);
        }
    }

    private static ulong InodeOf(string path)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, path, OpenFlags.PathOnly);
        if (opened < 0)
        {
            return 0;
        }

        using var file = new Descriptor((int)opened);
        return FileStatus.Of(file.Number).Inode;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
        _rest = [];
    }
}
