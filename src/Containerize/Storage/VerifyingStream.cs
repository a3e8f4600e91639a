using System.Security.Cryptography;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Storage;

/// <summary>Reads a blob and fails with CTZ3003 at its end, or as soon as it is too long, where it is not the one promised.</summary>
public sealed class VerifyingStream(Stream inner, Descriptor blob, Action? onMismatch = null) : ForwardReader
{
    private readonly IncrementalHash _hash = blob.Digest.CreateHash();
    private long _read;
    private bool _verified;

    /// <inheritdoc />
    public override long Length => blob.Size;

    /// <inheritdoc />
    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : Count(buffer, inner.Read(buffer));

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? 0 : Count(buffer, await inner.ReadAsync(buffer, cancellationToken));

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(ReadOnlyMemory<byte> buffer, int count) => Count(buffer.Span, count);

    private int Count(ReadOnlySpan<byte> buffer, int count)
    {
        if (count > 0)
        {
            _read += count;
            if (_read > blob.Size)
            {
                onMismatch?.Invoke();
                throw BlobErrors.Mismatch(blob, "longer");
            }

            _hash.AppendData(buffer[..count]);
        }

        // Verified at the last byte and not only at the end, so that a reader who knows the size need not read once more.
        if ((count == 0 || _read == blob.Size) && !_verified)
        {
            var actual = Digest.FromHash(_hash.GetHashAndReset());
            if (_read != blob.Size || actual != blob.Digest)
            {
                onMismatch?.Invoke();
                throw BlobErrors.Mismatch(blob, $"{_read} bytes of {actual}");
            }

            _verified = true;
        }

        return count;
    }
}
