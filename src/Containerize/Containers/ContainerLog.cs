using Containerize.Linux;

namespace Containerize.Containers;

/// <summary>Reads a container's log while it is written and put aside: LOG, and before it LOG.1, LOG.2 and so on.</summary>
/// <param name="path">The newest file.</param>
public sealed class ContainerLog(string path) : IDisposable
{
    private FileStream? _file;
    private byte[] _rest = [];

    /// <summary>The lines there are, the oldest first.</summary>
    /// <param name="most">So many of the last; null: all.</param>
    /// <param name="from">Only from then on.</param>
    /// <param name="to">Only up to then.</param>
    public IEnumerable<LogEntry> Last(int? most, DateTimeOffset? from, DateTimeOffset? to)
    {
        var found = Next().Where(e => (from is null || e.Time >= from) && (to is null || e.Time <= to));
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
        foreach (var entry in Lines())
        {
            yield return entry;
        }

        var newer = Newer();
        if (newer.Count == 0)
        {
            yield break;
        }

        // Put aside, perhaps several times: what was left of it is read, and then the newer ones.
        foreach (var entry in Lines())
        {
            yield return entry;
        }

        foreach (var file in newer)
        {
            Close();
            _file = file;
            foreach (var entry in Lines())
            {
                yield return entry;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    // Those that were begun after ours, the oldest first. From the newest on they are opened, as while we do so they can only become older: what comes
    // twice is known by its inode, and between two numbers one may be missing for a moment.
    private List<FileStream> Newer()
    {
        var own = _file is null ? 0 : InodeOf(_file);
        var found = new List<FileStream>();
        var inodes = new HashSet<ulong>();
        for (int number = 0, missing = 0; missing < 2; number++)
        {
            if (TryOpen(number == 0 ? path : $"{path}.{number}") is not { } file)
            {
                missing++;
                continue;
            }

            missing = 0;
            var inode = InodeOf(file);
            if (inode == own || !inodes.Add(inode))
            {
                file.Dispose();
                if (inode == own)
                {
                    break;
                }

                continue;
            }

            found.Insert(0, file);
        }

        return found;
    }

    private IEnumerable<LogEntry> Lines() => _file is null ? [] : Lines(_file, r => _rest = r, () => _rest);

    private static FileStream? TryOpen(string name)
    {
        try
        {
            return new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static ulong InodeOf(FileStream file) => FileStatus.Of((int)file.SafeFileHandle.DangerousGetHandle()).Inode;

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

    private void Close()
    {
        _file?.Dispose();
        _file = null;
        _rest = [];
    }
}
