using System.Globalization;
using System.Text.Json;
using Containerize.Linux;

namespace Containerize.Containers;

/// <summary>What has happened to containers, a JSON document on each line: whoever does something writes it down, with nobody between.</summary>
/// <remarks>A line goes to the end of the file in one write, so that those of several processes do not mix. Of a long time the older part is moved aside, and then forgotten.</remarks>
/// <param name="folder">The folder of the log: that above the containers'.</param>
internal sealed class EventLog(string folder)
{
    private const long MostBytes = 1 << 20;
    private readonly string _path = Path.Combine(folder, "events");
    private readonly string _older = Path.Combine(folder, "events.1");
    private bool _started;
    private long _read;
    private ulong _inode;

    /// <summary>Writes something down; that it cannot be is no reason for it not to happen.</summary>
    public void Add(EventRecord happened)
    {
        happened = happened with { Time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture) };
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, _path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create, mode: 0b110_000_000);
        if (opened >= 0)
        {
            using var file = new Descriptor((int)opened);
            FileSystem.TryWrite(file.Number, [.. ContainerDocuments.Write(happened), (byte)'\n']);
        }
    }

    /// <summary>Moves the log aside where it has become long; one at a time.</summary>
    public void Turn()
    {
        if (new FileInfo(_path) is { Exists: true, Length: > MostBytes })
        {
            File.Move(_path, _older, overwrite: true);
        }
    }

    /// <summary>What was written since it was read last; at first all that is known.</summary>
    public IReadOnlyList<EventRecord> Read()
    {
        var events = new List<EventRecord>();
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, _path, OpenFlags.ReadOnly);
        using var file = opened >= 0 ? new Descriptor((int)opened) : null;
        var inode = file is null ? 0 : FileStatus.Of(file.Number).Inode;
        if (!_started)
        {
            ReadFrom(_older, 0, events);
            _started = true;
        }
        else if (_inode != 0 && inode != _inode)
        {
            // It was moved aside since.
            ReadFrom(_older, _read, events);
            _read = 0;
        }

        _inode = inode;
        _read = ReadFrom(_path, _read, events);
        return events;
    }

    // Where the whole lines end.
    private static long ReadFrom(string path, long start, List<EventRecord> events)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Min(start, file.Length);
            bytes = new byte[file.Length - file.Position];
            file.ReadExactly(bytes);
        }
        catch (IOException)
        {
            return start;
        }

        var rest = bytes.AsSpan();
        while (rest.IndexOf((byte)'\n') is >= 0 and var length)
        {
            try
            {
                events.Add(ContainerDocuments.ReadEventRecord(rest[..length]));
            }
            catch (JsonException)
            {
                // Half a line, of a disk that was full.
            }

            rest = rest[(length + 1)..];
        }

        return start + bytes.Length - rest.Length;
    }
}
