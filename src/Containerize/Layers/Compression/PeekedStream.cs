namespace Containerize.Layers.Compression;

/// <summary>A blob being read whose first bytes were looked at, and which counts what was read.</summary>
internal sealed class PeekedStream(Stream inner) : Stream
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

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

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
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = TakePeeked(buffer.Span);
        return Counted(count > 0 || buffer.IsEmpty ? count : await inner.ReadAsync(buffer, cancellationToken), buffer.Span);
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
