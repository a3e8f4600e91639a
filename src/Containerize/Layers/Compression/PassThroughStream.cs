using Containerize.Streams;

namespace Containerize.Layers.Compression;

/// <summary>The compressor that does not compress; disposing it leaves the output open, as with the others.</summary>
internal sealed class PassThroughStream(Stream output) : ForwardWriter
{
    private bool _disposed;

    /// <inheritdoc />
    public override bool CanWrite => !_disposed;

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        output.Write(buffer);
    }

    /// <inheritdoc />
    public override void Flush() => output.Flush();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        base.Dispose(disposing);
    }
}
