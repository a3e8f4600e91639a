using Containerize.Streams;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Containerize.Layers.Compression;

/// <summary>A tar being unpacked: within its limits, and with failures that say what is wrong (CTZ2050 to CTZ2054).</summary>
internal sealed class LayerTarStream(Stream tar, PeekedStream blob, DecompressionLimits limits, DecompressionErrors errors) : ForwardReader
{
    private long _length;

    /// <summary>What the blob is, for messages.</summary>
    public required string Format { get; init; }

    /// <inheritdoc />
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Checked(tar.Read(buffer));
        }
        catch (Exception e) when (Explain(e) is { } explained)
        {
            throw explained;
        }
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Checked(await tar.ReadAsync(buffer, cancellationToken));
        }
        catch (Exception e) when (Explain(e) is { } explained)
        {
            throw explained;
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tar.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Checked(int count)
    {
        _length += count;
        if (_length > limits.MaxBytes)
        {
            throw errors.TooLong(limits.MaxBytes);
        }

        if (_length > limits.RatioFreeBytes && _length / limits.MaxRatio > blob.Count)
        {
            throw errors.TooDense(limits.MaxRatio);
        }

        return count;
    }

    // Null for what is not about the data, such as a disk that cannot be read or a wrong digest: that stays as it is.
    private ContainerizeException? Explain(Exception exception) => exception switch
    {
        EndOfStreamException => errors.Truncated(exception),
        InvalidDataException => errors.Damaged(Format, exception),
        ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge } => errors.WindowTooLarge(exception),
        ZstdException => errors.Damaged(Format, exception),
        _ => null,
    };
}
