namespace Containerize.Testing;

/// <summary>A request's body that is counted as it is read, and may break or stand still after some bytes.</summary>
internal sealed class CountedBody(Stream inner, RecordedRequest request) : Stream
{
    private long _left = long.MaxValue;
    private Func<Task>? _then;
    private int _piece;
    private long _toPause;
    private Func<Task>? _before;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Gives only so many bytes; then this is done, which is to end the connection.</summary>
    internal void Limit(long bytes, Func<Task> then) => (_left, _then) = (bytes, then);

    /// <summary>Does something before each piece of so many bytes.</summary>
    internal void Slow(int piece, Func<Task> before) => (_piece, _before) = (piece, before);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0)
        {
            await _then!();
            throw new IOException("cut off by the test");
        }

        if (_before is not null && _toPause <= 0)
        {
            await _before();
            _toPause = _piece;
        }

        var count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= _then is null ? 0 : count;
        _toPause -= count;
        request.Count(count);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
