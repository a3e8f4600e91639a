using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Registries;

/// <summary>A blob as it comes over the network; where the connection breaks or stands still, the rest is asked for again.</summary>
/// <param name="blobs">Whose blob it is.</param>
/// <param name="blob">The blob.</param>
/// <param name="offset">Where to begin.</param>
/// <param name="opening">Cancels what is read without a token.</param>
internal sealed class RegistryBlobStream(RegistryBlobs blobs, Descriptor blob, long offset, CancellationToken opening) : ForwardReader
{
    private RegistryBody? _body;
    private long _position = offset;
    private int _failures;

    public override long Length => blob.Size;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (_body is null)
                {
                    await OpenAsync(cancellationToken);
                }

                var count = await ReadOnceAsync(buffer, cancellationToken);
                if (count > 0 || _position >= blob.Size)
                {
                    _position += count;
                    if (count > 0)
                    {
                        blobs.Progress?.Report(new BlobProgress(blob.Digest, IsUpload: false, _position, blob.Size));
                    }

                    _failures = count > 0 ? 0 : _failures;
                    return count;
                }

                // It ended early, and politely: a longer blob may have been promised than there is, so not for ever.
                throw new IOException($"it ended after {_position} of {blob.Size} bytes");
            }
            catch (Exception e) when (RegistryRetry.IsTransient(e))
            {
                if (_body is not null)
                {
                    await _body.Stream.DisposeAsync();
                }

                _body = null;
                if (++_failures >= RegistryRetry.Tries)
                {
                    throw e.InnerException as ContainerizeException ?? RegistryErrors.Unreachable($"getting the blob {blob.Digest} of {blobs.Registry}/{blobs.Repository}", e);
                }

                blobs.Pause(e, _failures, cancellationToken);
            }
        }
    }

    public override int Read(Span<byte> buffer)
    {
        // A span cannot wait; the bytes come through an array that can.
        var array = System.Buffers.ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var count = ReadAsync(array.AsMemory(0, buffer.Length), opening).AsTask().GetAwaiter().GetResult();
            array.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(array);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), opening).AsTask().GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body?.Stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _body = blobs.Get(blob, _position, cancellationToken);
        var from = _body.From;
        var skip = new byte[64 * 1024];
        while (from < _position)
        {
            var count = await ReadOnceAsync(skip.AsMemory(0, (int)Math.Min(skip.Length, _position - from)), cancellationToken);
            from += count > 0 ? count : throw new IOException("it ended early");
        }
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stalled = new CancellationTokenSource(blobs.StallLimit, blobs.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stalled.Token);
        try
        {
            return await _body!.Stream.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("it stood still", RegistryErrors.Stalled($"getting the blob {blob.Digest}", blobs.StallLimit, e));
        }
    }
}
