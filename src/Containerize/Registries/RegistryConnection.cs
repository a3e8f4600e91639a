using System.Net.Sockets;

namespace Containerize.Registries;

/// <summary>
/// A connection whose other side may answer before it has read all of a request: what cannot be sent any more is dropped, so that the answer is read.
/// </summary>
/// <remarks>
/// A registry that refuses an upload (401, 413) says so and closes, while the body is still on its way. HttpClient would tell of the broken
/// pipe and never look for the answer (RFC 9112, section 9.6).
/// </remarks>
internal sealed class RegistryConnection(Socket socket) : Stream
{
    private readonly NetworkStream _inner = new(socket, ownsSocket: true);
    private bool _closed;
    private bool _answered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsDropped())
        {
            return;
        }

        try
        {
            _inner.Write(buffer);
        }
        catch (IOException e) when (IsClosed(e))
        {
            _closed = true;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsDropped())
        {
            return;
        }

        try
        {
            await _inner.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (IsClosed(e))
        {
            _closed = true;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var count = _inner.Read(buffer);
        _answered |= _closed;
        return count;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _inner.ReadAsync(buffer, cancellationToken);
        _answered |= _closed;
        return count;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // Only for the request that is being sent: the next one needs another connection.
    private bool IsDropped() => _answered ? throw new IOException("the connection was closed") : _closed;

    private static bool IsClosed(IOException e) =>
        e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown };
}
