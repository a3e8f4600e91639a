using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Images;

/// <summary>
/// A blob's stream for a writer that needs its length beforehand: <see cref="Length"/> is what the descriptor says, and content of another
/// size or digest fails with CTZ3003 before the writer can go on.
/// </summary>
internal sealed class SizedStream(Stream inner, Descriptor blob) : ForwardReader
{
    private long _left = blob.Size;

    // Writers of tar ask for the length only of streams that say they can seek.
    public override bool CanSeek => true;

    public override long Length => blob.Size;

    public override long Position
    {
        get => blob.Size - _left;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : Count(inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? 0 : Count(await inner.ReadAsync(buffer, cancellationToken));

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
