using Containerize.Streams;

namespace Containerize.Layers.Compression;

/// <summary>A blob being read whose first bytes were looked at, and which counts what was read.</summary>
internal sealed class PeekedStream(Stream inner) : ForwardReader
{
    private byte[] _peeked = [];
    private int _given;
    private int _tailGiven;

    /// <summary>The bytes of the blob that were read.</summary>
    public long Count { get; private set; }

    /// <summary>What is read after the end of the blob.</summary>
    public ReadOnlyMemory<byte> Tail { get; set; }

    /// <summary>Whether the blob was read to its end.</summary>
    public bool IsInTail { get; private set; }

    /// <summary>The first bytes, fewer where the blob is shorter; they are still to be read. Once, before anything is read.</summary>
    public ReadOnlySpan<byte> Peek(int length)
    {
        _peeked = new byte[length];
        _peeked = _peeked[..inner.ReadAtLeast(_peeked, length, throwOnEndOfStream: false)];
        return _peeked;
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        var count = TakePeeked(buffer);
        return Counted(count > 0 || buffer.IsEmpty ? count : inner.Read(buffer), buffer);
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = TakePeeked(buffer.Span);
        return Counted(count > 0 || buffer.IsEmpty ? count : await inner.ReadAsync(buffer, cancellationToken), buffer.Span);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int TakePeeked(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _peeked.Length - _given);
        _peeked.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    private int Counted(int count, Span<byte> buffer)
    {
        Count += count;
        if (count > 0 || buffer.IsEmpty)
        {
            return count;
        }

        IsInTail = true;
        count = Math.Min(buffer.Length, Tail.Length - _tailGiven);
        Tail.Span.Slice(_tailGiven, count).CopyTo(buffer);
        _tailGiven += count;
        return count;
    }
}
