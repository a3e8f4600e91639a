using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Compression;

/// <summary>The bytes of compatibility version 1. A change here is a new version (ByteFormat), never a new snapshot alone.</summary>
public class GoldenBytes
{
    [Fact]
    public void OfGzipAreThoseOfTheVersion() => Verify.Text(Table(content => Packed.Gzip(content, threads: 2)));

    [Fact]
    public void OfZstdAreThoseOfTheVersion() => Verify.Text(Table(content => Packed.Zstd(content)));

    private static string Table(Func<byte[], byte[]> pack) => string.Concat(Samples.Names.Select(name =>
    {
        var content = Samples.Make(name);
        var packed = pack(content);
        return $"{name}: {content.Length} -> {packed.Length} {Digest.Of(packed)}\n";
    }));
}
