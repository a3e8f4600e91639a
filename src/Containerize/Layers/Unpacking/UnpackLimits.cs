using Containerize.Layers.Compression;

namespace Containerize.Layers.Unpacking;

/// <summary>How much a layer may be when it is unpacked (CTZ5003, and CTZ2052 and CTZ2053 for its bytes): images are not trusted.</summary>
public sealed record UnpackLimits
{
    /// <summary>The most bytes of tar, and how dense they may be.</summary>
    public DecompressionLimits Tar { get; init; } = DecompressionLimits.Default;

    /// <summary>The most entries, extended headers included: four million, a few times what the largest images have.</summary>
    public int MaxEntries { get; init; } = 4_000_000;

    /// <summary>The most bytes of a path or a link's target: Linux takes no more in one call (PATH_MAX, with its zero).</summary>
    public int MaxPathBytes { get; init; } = 4095;

    /// <summary>The most directories above one another.</summary>
    public int MaxDepth { get; init; } = 255;

    /// <summary>The most bytes of one extended header (PAX records, GNU long names): 1 MiB.</summary>
    public int MaxHeaderBytes { get; init; } = 1 << 20;

    /// <summary>The most bytes of names that are kept in memory until the end of a layer (directories above all): 128 MiB.</summary>
    public long MaxNameBytes { get; init; } = 128L << 20;

    /// <summary>The limits where nothing else is said.</summary>
    public static UnpackLimits Default { get; } = new();
}
