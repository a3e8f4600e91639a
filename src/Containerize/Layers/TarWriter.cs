using System.Buffers;
using System.Security.Cryptography;
using Containerize.Layers.Unpacking;

namespace Containerize.Layers;

/// <summary>Writes the tar of a layer: the same bytes for the same entries, everywhere (<see cref="ByteFormat"/>).</summary>
/// <remarks>
/// Ours because the PAX writer of System.Formats.Tar puts the process id into every header. It writes what it is given, in the order it is
/// given; <see cref="LayerSpec"/> checks and orders. Not thread safe. The output is left open.
/// </remarks>
public sealed class TarWriter : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly Stream _output;
    private readonly long _modified;
    private readonly MemoryStream _header = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _used;

    /// <summary>Starts a tar.</summary>
    /// <param name="output">Where it goes, in large pieces.</param>
    /// <param name="modifiedTime">The modification time of all entries, in whole seconds from 1970 on.</param>
    public TarWriter(Stream output, DateTimeOffset modifiedTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(modifiedTime, DateTimeOffset.UnixEpoch);
        _output = output;
        _modified = modifiedTime.ToUnixTimeSeconds();
    }

    /// <summary>
    /// Writes one entry with its content. CTZ2003 where a file cannot be read, CTZ2004 where it has another size than planned or changes while it
    /// is read, CTZ2006 where it is no regular file; the tar is then unusable.
    /// </summary>
    public void Write(LayerEntry entry, CancellationToken cancellationToken = default) => Write(entry, [], cancellationToken);

    /// <summary>Writes the headers of an entry with its own time; the content of a file follows by <see cref="WriteContent"/>.</summary>
    internal void WriteHeader(TarMember member)
    {
        TarHeader.Write(member, _header);
        Append(_header.GetBuffer().AsSpan(0, (int)_header.Length));
    }

    /// <summary>Writes so many bytes of what <paramref name="read"/> gives, and zeros where that ends early, as tar(1) does with a file that shrinks.</summary>
    internal void WriteContent(long size, Func<Memory<byte>, int> read, CancellationToken cancellationToken)
    {
        var ended = false;
        for (var left = size; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_used == BufferSize)
            {
                FlushBuffer();
            }

            var room = _buffer.AsMemory(_used, (int)Math.Min(left, BufferSize - _used));
            var count = ended ? 0 : read(room);
            if (count == 0)
            {
                ended = true;
                count = room.Length;
                room.Span.Clear();
            }

            _used += count;
            left -= count;
        }

        Append(stackalloc byte[(int)(-size & (TarHeader.BlockSize - 1))]);
    }

    /// <summary>Ends the tar with two blocks of zeros and no other padding.</summary>
    public void Finish()
    {
        Append(stackalloc byte[2 * TarHeader.BlockSize]);
        FlushBuffer();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _hash.Dispose();
        _header.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>The same; where <paramref name="sha256"/> is not empty, the hash of the content is put there. Gives the state of a file on disk.</summary>
    internal FileState Write(LayerEntry entry, Span<byte> sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TarHeader.Write(entry, _modified, _header);
        Append(_header.GetBuffer().AsSpan(0, (int)_header.Length));
        var state = FileState.None;
        if (entry.Content is { } content)
        {
            using var reader = ContentReader.Open(content);
            for (var left = content.Size; left > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_used == BufferSize)
                {
                    FlushBuffer();
                }

                var read = reader.Read(_buffer.AsSpan(_used, (int)Math.Min(left, BufferSize - _used)));
                if (!sha256.IsEmpty)
                {
                    _hash.AppendData(_buffer, _used, read);
                }

                _used += read;
                left -= read;
            }

            state = reader.Finish();
            var over = (int)(content.Size % TarHeader.BlockSize);
            if (over != 0)
            {
                Append(stackalloc byte[TarHeader.BlockSize - over]);
            }

            if (!sha256.IsEmpty)
            {
                _hash.GetHashAndReset(sha256);
            }
        }

        return state;
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == BufferSize)
            {
                FlushBuffer();
            }

            var count = Math.Min(bytes.Length, BufferSize - _used);
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    private void FlushBuffer()
    {
        _output.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
