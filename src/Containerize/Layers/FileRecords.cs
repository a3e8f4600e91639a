using System.Security.Cryptography;
using System.Text;

namespace Containerize.Layers;

/// <summary>What is remembered for the layers of one name and scope: the hashes of files by their state, and the layers that were last made.</summary>
/// <remarks>
/// One small file, checked by its own hash; where it is missing, damaged or of another version, nothing is remembered. A file that changed
/// within two seconds before it was hashed is not remembered: it could change again without its state showing it, as in git's index
/// (git, Documentation/technical/racy-git.txt).
/// </remarks>
internal sealed class FileRecords
{
    private const int Version = 1;
    private const int HashLength = 32;
    private const int KeptLayers = 3;
    private const int MaxMade = 100;
    private static readonly long RacyTicks = 2 * TimeSpan.TicksPerSecond;

    private readonly string _path;
    private readonly Dictionary<string, FileRecord> _files = new(StringComparer.Ordinal);
    private readonly List<MadeLayer> _made = [];
    private bool _changed;

    private FileRecords(string path) => _path = path;

    /// <summary>A layer that was made or found: its place in the index, and when it was last used as it was superseded (UTC ticks).</summary>
    public sealed record MadeLayer(string Entry, long LastUsed);

    private sealed record FileRecord(FileState State, byte[] Hash);

    public static FileRecords Load(string path)
    {
        var records = new FileRecords(path);
        try
        {
            if (File.Exists(path))
            {
                records.Parse(File.ReadAllBytes(path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            records._files.Clear();
            records._made.Clear();
        }

        return records;
    }

    public bool TryGet(string path, FileState state, long plannedSize, Span<byte> hash)
    {
        if (state.Size != plannedSize || !_files.TryGetValue(path, out var record) || record.State != state)
        {
            return false;
        }

        record.Hash.CopyTo(hash);
        return true;
    }

    public void Set(string path, FileState state, ReadOnlySpan<byte> hash, long hashedAt)
    {
        if (state.LastChange + RacyTicks > hashedAt)
        {
            _changed |= _files.Remove(path);
            return;
        }

        _files[path] = new FileRecord(state, hash.ToArray());
        _changed = true;
    }

    /// <summary>Forgets files that are no longer in the layer, and notes the layer as the newest.</summary>
    public void Use(string entry, LayerSpec spec, Func<string, long> lastUsed)
    {
        if (_files.Count > spec.Entries.Count)
        {
            var wanted = spec.Entries.Select(e => (e.Content as DiskContent)?.SourcePath).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _files.Keys.Where(path => !wanted.Contains(path)).ToArray())
            {
                _changed |= _files.Remove(gone);
            }
        }

        if (_made.Count > 0 && _made[0].Entry == entry)
        {
            return;
        }

        _changed = true;
        _made.RemoveAll(made => made.Entry == entry);
        if (_made.Count > 0)
        {
            _made[0] = _made[0] with { LastUsed = lastUsed(_made[0].Entry) };
        }

        _made.Insert(0, new MadeLayer(entry, 0));
    }

    /// <summary>Offers the layers that are superseded by now; one that <paramref name="settle"/> refuses is offered again the next time.</summary>
    public void Supersede(Func<MadeLayer, bool> settle)
    {
        for (var i = _made.Count - 1; i >= KeptLayers; i--)
        {
            if (settle(_made[i]) || i >= MaxMade)
            {
                _made.RemoveAt(i);
                _changed = true;
            }
        }
    }

    /// <summary>Writes what is new; where it cannot be written, the next build only has more to do.</summary>
    public void Save()
    {
        if (!_changed)
        {
            return;
        }

        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(_made.Count);
            foreach (var made in _made)
            {
                writer.Write(made.Entry);
                writer.Write(made.LastUsed);
            }

            writer.Write(_files.Count);
            foreach (var (path, (state, hash)) in _files)
            {
                writer.Write(path);
                writer.Write(state.Size);
                writer.Write(state.ModifiedTicks);
                writer.Write(state.ChangedTicks);
                writer.Write(state.Identity);
                writer.Write(state.Type);
                writer.Write(hash);
            }
        }

        bytes.Write(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        AtomicFile.TryWrite(_path, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        _changed = false;
    }

    private void Parse(byte[] bytes)
    {
        var length = bytes.Length - HashLength;
        if (length < 0 || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
        {
            return;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
        if (reader.ReadInt32() != Version)
        {
            return;
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            _made.Add(new MadeLayer(reader.ReadString(), reader.ReadInt64()));
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var path = reader.ReadString();
            var state = new FileState(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), reader.ReadInt32());
            _files[path] = new FileRecord(state, reader.ReadBytes(HashLength));
        }
    }
}
