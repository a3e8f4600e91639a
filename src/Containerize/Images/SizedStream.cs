using Containerize.Oci;

namespace Containerize.Images;

/// <summary>
/// A blob's stream for a writer that needs its length beforehand: <see cref="Length"/> is what the descriptor says, and content of another
/// size or digest fails with CTZ3003 before the writer can go on.
/// </summary>
internal sealed class SizedStream(Stream inner, Descriptor blob) : Stream
{
    private long _left = blob.Size;

    public override bool CanRead => true;

    // Writers of tar ask for the length only of streams that say they can seek.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position
    {
        get => blob.Size - _left;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : Count(inner.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? 0 : Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int count)
    {
        _left -= count;
        return _left < 0 || (count == 0 && _left > 0)
            ? throw BlobErrors.Mismatch(blob, _left < 0 ? "longer" : $"{blob.Size - _left} bytes")
            : count;
    }
}
