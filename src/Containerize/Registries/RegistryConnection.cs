using System.Net.Sockets;

namespace Containerize.Registries;

/// <summary>
/// A connection whose other side may answer before it has read all of a request: what cannot be sent any more is dropped, so that the answer is read.
/// </summary>
/// <remarks>
/// A registry that refuses an upload (401, 413) says so and closes, while the body is still on its way. HttpClient would tell of the broken
/// pipe and never look for the answer (RFC 9112, section 9.6). It is a NetworkStream, as HttpClient looks at the socket of one before it uses a
/// connection again, and reads from any other stream ahead, asynchronously.
/// </remarks>
internal sealed class RegistryConnection(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private bool _closed;
    private bool _answered;

    // NetworkStream itself sends a span through an array where it is a derived one.
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsDropped())
        {
            return;
        }

        try
        {
            Socket.Send(buffer, SocketFlags.None);
        }
        catch (SocketException e) when (IsClosed(e))
        {
            _closed = true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
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
            await base.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (e.InnerException is SocketException inner && IsClosed(inner))
        {
            _closed = true;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var count = Socket.Receive(buffer, SocketFlags.None);
            _answered |= _closed;
            return count;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        _answered |= _closed;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Only for the request that is being sent: the next one needs another connection.
    private bool IsDropped() => _answered ? throw new IOException("the connection was closed") : _closed;

    private static bool IsClosed(SocketException e) =>
        e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;
}
