using Containerize.Streams;
using Microsoft.Win32.SafeHandles;

namespace Containerize.Images;

/// <summary>A part of an open file, read by position, so that many may read at once.</summary>
internal sealed class HandleStream(SafeFileHandle handle, long offset, long size) : ForwardReader
{
    private long _read;

    public override long Length => size;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, size - _read);
        var count = wanted == 0 ? 0 : RandomAccess.Read(handle, buffer[..wanted], offset + _read);
        _read += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, size - _read);
        var count = wanted == 0 ? 0 : await RandomAccess.ReadAsync(handle, buffer[..wanted], offset + _read, cancellationToken);
        _read += count;
        return count;
    }
}
