using Containerize.Images;
using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Registries;

/// <summary>So many bytes of a blob; CTZ3003 where there are fewer.</summary>
internal sealed class PieceStream(Stream inner, long count, Descriptor blob) : ForwardReader
{
    private long _left = count;

    public override long Length { get; } = count;

    public override long Position
    {
        get => Length - _left;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => _left == 0 || buffer.IsEmpty ? 0 : Count(inner.Read(buffer[..(int)Math.Min(buffer.Length, _left)]));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _left == 0 || buffer.IsEmpty ? 0 : Count(await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _left -= read;
        return read > 0 ? read : throw BlobErrors.Mismatch(blob, "shorter");
    }
}
