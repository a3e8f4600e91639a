using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Containerize.Threading;

namespace Containerize.Layers;

/// <summary>What a layer is known by: its shape (all but the content) and the hash of each content, learnt from records or by reading.</summary>
internal sealed class LayerIdentity
{
    private const int HashLength = 32;

    private readonly byte[] _hashes;
    private readonly FileState[] _states;
    private readonly long[] _hashedAt;
    private readonly List<int> _unknown = [];

    /// <summary>Looks at every file, and opens none.</summary>
    public LayerIdentity(LayerSpec spec, LayerCompression compression, FileRecords records)
    {
        Spec = spec;
        Records = records;
        Shape = ShapeOf(spec, compression);
        _hashes = new byte[spec.Entries.Count * HashLength];
        _states = new FileState[spec.Entries.Count];
        _hashedAt = new long[spec.Entries.Count];
        for (var i = 0; i < spec.Entries.Count; i++)
        {
            switch (spec.Entries[i].Content)
            {
                case InlineContent inline:
                    SHA256.HashData(inline.Bytes.Span, HashOf(i));
                    break;
                case DiskContent disk when records.TryGet(disk.SourcePath, FileState.Of(disk.SourcePath), disk.Length, HashOf(i)):
                    break;
                case not null:
                    _unknown.Add(i);
                    break;
            }
        }
    }

    public LayerSpec Spec { get; }

    public FileRecords Records { get; }

    /// <summary>The hash of all that the tar says beside the contents, in hex.</summary>
    public string Shape { get; }

    /// <summary>Whether the hash of every content is known.</summary>
    public bool IsComplete => _unknown.Count == 0;

    /// <summary>The hash of the shape and of all contents, in hex.</summary>
    public string Key
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.ASCII.GetBytes(Shape));
            hash.AppendData(_hashes);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Reads the files whose content is not known; CTZ2003, CTZ2004, CTZ2006.</summary>
    public void HashUnknown(int threads, CancellationToken cancellationToken)
    {
        Workers.Run(_unknown.Count, threads, (i, token) => HashOne(_unknown[i], token), cancellationToken);
        _unknown.Clear();
        Remember();
    }

    /// <summary>Writes an entry into a tar and learns the hash of what was written: records are never trusted for what is stored.</summary>
    public void Write(int index, TarWriter tar, CancellationToken cancellationToken)
    {
        var entry = Spec.Entries[index];
        _hashedAt[index] = DateTime.UtcNow.Ticks;
        _states[index] = tar.Write(entry, entry.Content is DiskContent ? HashOf(index) : [], cancellationToken);
        if (index == Spec.Entries.Count - 1)
        {
            _unknown.Clear();
            Remember();
        }
    }

    private Span<byte> HashOf(int index) => _hashes.AsSpan(index * HashLength, HashLength);

    private void HashOne(int index, CancellationToken cancellationToken)
    {
        var content = Spec.Entries[index].Content!;
        _hashedAt[index] = DateTime.UtcNow.Ticks;
        using var reader = ContentReader.Open(content);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            for (var left = content.Size; left > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = reader.Read(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)));
                hash.AppendData(buffer, 0, read);
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _states[index] = reader.Finish();
        hash.GetHashAndReset(HashOf(index));
    }

    private void Remember()
    {
        for (var i = 0; i < _hashedAt.Length; i++)
        {
            if (_hashedAt[i] != 0 && Spec.Entries[i].Content is DiskContent disk)
            {
                Records.Set(disk.SourcePath, _states[i], HashOf(i), _hashedAt[i]);
            }
        }
    }

    private static string ShapeOf(LayerSpec spec, LayerCompression compression)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(ByteFormat.CompatibilityVersion);
            writer.Write((int)compression);
            writer.Write(spec.ModifiedTime.ToUnixTimeSeconds());
            foreach (var entry in spec.Entries)
            {
                writer.Write(entry.Path);
                writer.Write((int)entry.Kind);
                writer.Write(entry.Mode);
                writer.Write(entry.Uid);
                writer.Write(entry.Gid);
                writer.Write(entry.LinkTarget ?? "");
                writer.Write(entry.Content?.Size ?? -1);
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }
}
