using Containerize.Oci;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Containerize.Layers.Compression;

/// <summary>Gives the tar of a layer's blob.</summary>
public static class Decompression
{
    // 128 MiB, which decoders should take by RFC 8878 section 3.1.1.1.2 at most; also zstd's own default.
    private const int MaxWindowLog = 27;

    /// <summary>Opens the tar in a blob, within the default limits.</summary>
    /// <param name="blob">The blob; disposed of with the result, and the caller's where this fails.</param>
    /// <param name="mediaType">What the manifest says of the blob; empty where nothing is known.</param>
    /// <exception cref="ContainerizeException">CTZ2050 to CTZ2055, here or while reading.</exception>
    public static Stream Open(Stream blob, string mediaType) => Open(blob, mediaType, DecompressionLimits.Default);

    /// <summary>Opens the tar in a blob: gzip (also of several members), zstd (also of several frames), or plain.</summary>
    /// <remarks>
    /// The first bytes decide, as they do in containerd and podman: some builders write one vocabulary's type with the other's
    /// compression. A type that promises compressed data is an error where the data is neither.
    /// </remarks>
    /// <param name="blob">The blob; disposed of with the result, and the caller's where this fails.</param>
    /// <param name="mediaType">What the manifest says of the blob; empty where nothing is known.</param>
    /// <param name="limits">How much it may be.</param>
    /// <param name="layer">The digest of the blob, for messages.</param>
    /// <exception cref="ContainerizeException">CTZ2050 (truncated), CTZ2051 (damaged), CTZ2052 (too long), CTZ2053 (too dense),
    /// CTZ2054 (window), CTZ2055 (type), here or while reading.</exception>
    public static Stream Open(Stream blob, string mediaType, DecompressionLimits limits, Digest? layer = null)
    {
        var errors = new DecompressionErrors(layer);
        // Some types have suffixes behind the compression, such as ocicrypt's "+encrypted"; what is not tar cannot be read.
        if (mediaType.Contains("encrypted", StringComparison.Ordinal))
        {
            throw errors.UnknownType(mediaType);
        }

        var source = new PeekedStream(blob);
        var start = source.Peek(4);
        if (IsGzip(start))
        {
            return new LayerTarStream(new GzipMembersStream(source), source, limits, errors) { Format = "gzip" };
        }

        if (IsZstd(start))
        {
            return new LayerTarStream(OpenZstd(source), source, limits, errors) { Format = "zstd" };
        }

        var promised = mediaType.EndsWith("gzip", StringComparison.Ordinal) ? "gzip" : mediaType.EndsWith("zstd", StringComparison.Ordinal) ? "zstd" : null;
        if (promised is not null)
        {
            throw start.IsEmpty ? errors.Truncated() : errors.Damaged(promised);
        }

        return new LayerTarStream(source, source, limits, errors) { Format = "tar" };
    }

    private static DecompressionStream OpenZstd(Stream source)
    {
        var stream = new DecompressionStream(source, bufferSize: 0, checkEndOfStream: true, leaveOpen: false);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        return stream;
    }

    private static bool IsGzip(ReadOnlySpan<byte> start) => start is [0x1F, 0x8B, ..];

    // A frame, or a skippable one before it (RFC 8878 sections 3.1.1 and 3.1.2).
    private static bool IsZstd(ReadOnlySpan<byte> start) => start is [0x28, 0xB5, 0x2F, 0xFD] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18];
}
