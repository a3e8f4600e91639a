namespace Containerize.Layers.Compression;

/// <summary>How much a layer may unpack to: images are not trusted, and a small blob can stand for any amount of data.</summary>
public sealed record DecompressionLimits
{
    /// <summary>The most bytes of tar (CTZ2052): 64 GiB, more than the layers that registries take, less than a disk.</summary>
    public long MaxBytes { get; init; } = 64L << 30;

    /// <summary>The most bytes of tar for each byte of the blob (CTZ2053): at least 1, else 1000; deflate itself ends at 1032, with nothing but zeros.</summary>
    public int MaxRatio { get; init; } = 1000;

    /// <summary>The bytes of tar before the ratio counts: 64 MiB, so that a sparse file in a small layer does not matter.</summary>
    public long RatioFreeBytes { get; init; } = 64L << 20;

    /// <summary>The limits where nothing else is said.</summary>
    public static DecompressionLimits Default { get; } = new();
}
