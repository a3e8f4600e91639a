using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Containerize.Layers.Compression;

/// <summary>A piece of a gzip stream on its way: its bytes with the 32 KiB before them, then what they became.</summary>
internal sealed class GzipSegment : IDisposable
{
    /// <summary>The bytes that are compressed as one: part of the byte format.</summary>
    public const int Size = 512 * 1024;

    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(DeflateAlphabet.Window + Size + DeflateCompressor.Padding);
    private readonly byte[] _output = ArrayPool<byte>.Shared.Rent(DeflateCompressor.OutputBound(Size));
    private readonly ManualResetEventSlim _done = new();
    private int _start;
    private int _end;
    private int _outputLength;
    private bool _last;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The number of bytes, without those before them.</summary>
    public int Length => _end - _start;

    /// <summary>The bytes that still fit.</summary>
    public int Free => Size - Length;

    /// <summary>Whether the segment is compressed, or failed to be.</summary>
    public bool IsDone => _done.IsSet;

    /// <summary>The CRC-32 of the bytes, once compressed.</summary>
    public uint Crc { get; private set; }

    /// <summary>The deflate blocks, once compressed.</summary>
    public ReadOnlySpan<byte> Output => _output.AsSpan(0, _outputLength);

    /// <summary>Starts over, behind the end of another segment, or at the start of the stream.</summary>
    public void Begin(GzipSegment? previous)
    {
        _done.Reset();
        _failure = null;
        _start = 0;
        if (previous is not null)
        {
            _start = Math.Min(previous._end, DeflateAlphabet.Window);
            previous._input.AsSpan(previous._end - _start, _start).CopyTo(_input);
        }

        _end = _start;
    }

    /// <summary>Adds bytes; at most <see cref="Free"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_input.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>No more bytes come: says whether the stream ends here.</summary>
    public void Seal(bool isLast) => _last = isLast;

    /// <summary>Compresses the bytes; a failure is kept for <see cref="Wait"/>.</summary>
    public void Compress(DeflateCompressor compressor)
    {
        try
        {
            Crc = Crc32.Append(0, _input.AsSpan(_start, Length));
            _outputLength = compressor.Compress(_input, _start, _end, _output, _last);
        }
#pragma warning disable CA1031 // Not swallowed: thrown where the writer of the stream waits for this segment.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        _done.Set();
    }

    /// <summary>Waits until the segment is compressed; throws what went wrong in it.</summary>
    public void Wait()
    {
        _done.Wait();
        _failure?.Throw();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_input);
        ArrayPool<byte>.Shared.Return(_output);
        _done.Dispose();
    }
}
