namespace Containerize.Layers;

/// <summary>The version of the bytes that layers are made of.</summary>
public static class ByteFormat
{
    /// <summary>
    /// Two builds of one layer with one compatibility version give one digest, on every machine and in every release.
    /// </summary>
    /// <remarks>
    /// It pins: the order of entries and the parents that are added; every byte of the tar headers (ustar fields, when a PAX header
    /// is written, its name and the order of its records); the end of the archive; the block sizes, levels and algorithms of the
    /// gzip and zstd compressors; and the default time. A change of any of these needs a new number and new golden digests
    /// (GoldenDigests in the tests). It is part of the cache keys, so layers of another version are never found.
    /// </remarks>
    public const int CompatibilityVersion = 3;
}
