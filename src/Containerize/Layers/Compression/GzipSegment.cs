using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Containerize.Layers.Compression;

/// <summary>A piece of a gzip stream on its way: its bytes with the 32 KiB before them, then what they became.</summary>
internal sealed class GzipSegment : IDisposable
{
    /// <summary>The bytes that are compressed as one: part of the byte format.</summary>
    public const int Size = 512 * 1024;

    private readonly byte[] input = ArrayPool<byte>.Shared.Rent(DeflateAlphabet.Window + Size + DeflateCompressor.Padding);
    private readonly byte[] output = ArrayPool<byte>.Shared.Rent(DeflateCompressor.OutputBound(Size));
    private readonly ManualResetEventSlim done = new();
    private int start;
    private int end;
    private int outputLength;
    private bool last;
    private ExceptionDispatchInfo? failure;

    /// <summary>The number of bytes, without those before them.</summary>
    public int Length => end - start;

    /// <summary>The bytes that still fit.</summary>
    public int Free => Size - Length;

    /// <summary>Whether the segment is compressed, or failed to be.</summary>
    public bool IsDone => done.IsSet;

    /// <summary>The CRC-32 of the bytes, once compressed.</summary>
    public uint Crc { get; private set; }

    /// <summary>The deflate blocks, once compressed.</summary>
    public ReadOnlySpan<byte> Output => output.AsSpan(0, outputLength);

    /// <summary>Starts over, behind the end of another segment, or at the start of the stream.</summary>
    public void Begin(GzipSegment? previous)
    {
        done.Reset();
        start = 0;
        if (previous is not null)
        {
            start = Math.Min(previous.end, DeflateAlphabet.Window);
            previous.input.AsSpan(previous.end - start, start).CopyTo(input);
        }

        end = start;
    }

    /// <summary>Adds bytes; at most <see cref="Free"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(input.AsSpan(end));
        end += bytes.Length;
    }

    /// <summary>No more bytes come: says whether the stream ends here.</summary>
    public void Seal(bool isLast) => last = isLast;

    /// <summary>Compresses the bytes; a failure is kept for <see cref="Wait"/>.</summary>
    public void Compress(DeflateCompressor compressor)
    {
        try
        {
            Crc = Crc32.Append(0, input.AsSpan(start, Length));
            outputLength = compressor.Compress(input, start, end, output, last);
        }
#pragma warning disable CA1031 // Not swallowed: thrown where the writer of the stream waits for this segment.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        done.Set();
    }

    /// <summary>Waits until the segment is compressed; throws what went wrong in it.</summary>
    public void Wait()
    {
        done.Wait();
        failure?.Throw();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(input);
        ArrayPool<byte>.Shared.Return(output);
        done.Dispose();
    }
}
