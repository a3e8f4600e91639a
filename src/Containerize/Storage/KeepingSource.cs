using Containerize.Images;
using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Storage;

/// <summary>Gives blobs from a store, and puts into it those that come from elsewhere while they are read: one way for both.</summary>
/// <param name="store">The store.</param>
/// <param name="elsewhere">Where to have what the store does not.</param>
public sealed class KeepingSource(BlobStore store, IBlobSource elsewhere) : IBlobSource
{
    /// <inheritdoc />
    public async ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        if (store.Contains(blob))
        {
            return store.Open(blob, offset);
        }

        var stream = await elsewhere.OpenAsync(blob, offset, cancellationToken);
        // Another store of ours has it now, from where a copy is but a link.
        return offset > 0 || BlobSources.Find<BlobStore>(elsewhere, blob) is not null ? stream : new KeptStream(stream, blob, store);
    }

    // In the store when it was read to its end, and as promised.
    private sealed class KeptStream(Stream inner, Descriptor blob, BlobStore store) : ForwardReader
    {
        private readonly BlobWriter _writer = store.CreateWriter();
        private bool _ended;

        public override long Length => blob.Size;

        public override long Position { get => _writer.Length; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = buffer.IsEmpty || _ended ? 0 : inner.Read(buffer);
            Keep(buffer[..count], buffer.IsEmpty);
            return count;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = buffer.IsEmpty || _ended ? 0 : await inner.ReadAsync(buffer, cancellationToken);
            Keep(buffer.Span[..count], buffer.IsEmpty);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                _writer.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Keep(ReadOnlySpan<byte> bytes, bool nothingAsked)
        {
            if (_ended || nothingAsked)
            {
                return;
            }

            _writer.Write(bytes);
            if (_writer.Length > blob.Size)
            {
                throw BlobErrors.Mismatch(blob, "longer");
            }

            if (bytes.IsEmpty)
            {
                _ended = true;
                _writer.Commit(blob);
            }
        }
    }
}
