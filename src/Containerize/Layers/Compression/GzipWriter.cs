using System.Buffers.Binary;
using Containerize.Streams;

namespace Containerize.Layers.Compression;

/// <summary>
/// Writes one gzip member (RFC 1952) whose bytes depend on the content alone: not on the number of threads, the sizes of the
/// writes, the CPU, the operating system or the version of .NET.
/// </summary>
/// <remarks>
/// The content is cut into segments of fixed size; each is compressed on its own, with the 32 KiB before it as its dictionary,
/// and the pieces are joined at byte boundaries. Memory is bounded by the number of threads. Disposing finishes the member,
/// unless a write failed, and leaves the output open.
/// The bytes are part of <see cref="ByteFormat"/>.
/// </remarks>
public sealed class GzipWriter : ForwardWriter
{
    // No time, no name, no flags. The operating system is 255, "unknown": the one value that is true wherever we run.
    private static ReadOnlySpan<byte> Header => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];

    private readonly Stream _output;
    private readonly SegmentPipeline _pipeline;
    private GzipSegment? _current;
    private uint _crc;
    private uint _size;
    private bool _headerWritten;
    private bool _failed;
    private bool _disposed;

    /// <summary>Starts a member.</summary>
    /// <param name="output">Where it is written, in order, on the thread that writes here.</param>
    /// <param name="threads">How many threads compress, the writing one among them: at least 1, with which no other is used.</param>
    public GzipWriter(Stream output, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _output = output;
        _pipeline = new SegmentPipeline(threads);
    }

    /// <inheritdoc />
    public override bool CanWrite => !_disposed;

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new InvalidOperationException("An earlier write failed: the gzip member cannot be continued.");
        }

        while (!buffer.IsEmpty)
        {
            var segment = _current ??= _pipeline.Rent();
            // A full segment waits for one more byte: only then it is known not to be the last.
            if (segment.Free == 0)
            {
                segment = NextSegment(segment);
            }

            var piece = buffer[..Math.Min(buffer.Length, segment.Free)];
            segment.Append(piece);
            buffer = buffer[piece.Length..];
        }
    }

    /// <summary>Does nothing: what is compressed when is part of the byte format.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            try
            {
                if (!_failed)
                {
                    Finish();
                }
            }
            finally
            {
                if (_current is not null)
                {
                    _pipeline.Return(_current);
                }

                _pipeline.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private GzipSegment NextSegment(GzipSegment full)
    {
        var next = _pipeline.Rent();
        next.Begin(full);
        _current = next;
        full.Seal(isLast: false);
        _pipeline.Submit(full);
        while (_pipeline.IsFull)
        {
            WriteOldest();
        }

        return next;
    }

    private void Finish()
    {
        var end = _current ?? _pipeline.Rent();
        _current = null;
        end.Seal(isLast: true);
        _pipeline.Submit(end);
        while (!_pipeline.IsEmpty)
        {
            WriteOldest();
        }

        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _size);
        _output.Write(trailer);
    }

    private void WriteOldest()
    {
        // Failed until proven otherwise: whatever is thrown from here leaves a hole in the output.
        _failed = true;
        var segment = _pipeline.Take();
        if (!_headerWritten)
        {
            _output.Write(Header);
            _headerWritten = true;
        }

        _output.Write(segment.Output);
        _failed = false;
        _crc = Crc32.Combine(_crc, segment.Crc, segment.Length);
        _size += (uint)segment.Length;
        _pipeline.Return(segment);
    }
}
