using Containerize.Streams;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Containerize.Layers.Compression;

/// <summary>
/// Writes one zstd frame (RFC 8878) whose bytes depend on the content alone: level and parameters are pinned, and the
/// compressor, which is managed code, is fed pieces of one size.
/// </summary>
/// <remarks>Disposing finishes the frame, unless a write failed, and leaves the output open. The bytes are part of
/// <see cref="ByteFormat"/>.</remarks>
public sealed class ZstdWriter : ForwardWriter
{
    private const int Level = 3;

    // Blocks are at most 128 KiB: pieces of that size leave no choice of block boundaries to the sizes of our writes.
    private const int PieceSize = 128 * 1024;

    private readonly Stream _output;
    private readonly Compressor _compressor = new(Level);
    private readonly byte[] _piece = new byte[PieceSize];
    private readonly byte[] _packed = new byte[Compressor.GetCompressBound(PieceSize)];
    private int _filled;
    private bool _failed;
    private bool _disposed;

    /// <summary>Starts a frame, which is written to <paramref name="output"/> by the thread that writes here.</summary>
    public ZstdWriter(Stream output)
    {
        _output = output;
        // The level's own values for content of unknown size, written out: a later version of the library may change its table.
        Set(ZSTD_cParameter.ZSTD_c_windowLog, 21);
        Set(ZSTD_cParameter.ZSTD_c_chainLog, 16);
        Set(ZSTD_cParameter.ZSTD_c_hashLog, 17);
        Set(ZSTD_cParameter.ZSTD_c_searchLog, 1);
        Set(ZSTD_cParameter.ZSTD_c_minMatch, 5);
        Set(ZSTD_cParameter.ZSTD_c_targetLength, 0);
        Set(ZSTD_cParameter.ZSTD_c_strategy, (int)ZSTD_strategy.ZSTD_dfast);
        Set(ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, 0);
        // Content size: unknown to us until the end, so never written. Checksum: 4 bytes, and a decoder finds damage by itself.
        Set(ZSTD_cParameter.ZSTD_c_contentSizeFlag, 0);
        Set(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        Set(ZSTD_cParameter.ZSTD_c_dictIDFlag, 0);
    }

    /// <inheritdoc />
    public override bool CanWrite => !_disposed;

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new InvalidOperationException("An earlier write failed: the zstd frame cannot be continued.");
        }

        while (!buffer.IsEmpty)
        {
            // A full piece waits for one more byte: the last one is compressed together with the end of the frame.
            if (_filled == PieceSize)
            {
                Compress(isLast: false);
            }

            var part = buffer[..Math.Min(buffer.Length, PieceSize - _filled)];
            part.CopyTo(_piece.AsSpan(_filled));
            _filled += part.Length;
            buffer = buffer[part.Length..];
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
                    Compress(isLast: true);
                }
            }
            finally
            {
                _compressor.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Compress(bool isLast)
    {
        // Failed until proven otherwise: whatever is thrown from here leaves a hole in the output.
        _failed = true;
        var source = _piece.AsSpan(0, _filled);
        bool more;
        do
        {
            var status = _compressor.WrapStream(source, _packed, out var read, out var written, isLast);
            source = source[read..];
            _output.Write(_packed, 0, written);
            more = !source.IsEmpty || (isLast && status != System.Buffers.OperationStatus.Done);
        }
        while (more);

        _filled = 0;
        _failed = false;
    }

    private void Set(ZSTD_cParameter parameter, int value) => _compressor.SetParameter(parameter, value);
}
