using Containerize.Layers.Compression;
using Containerize.Oci;
using Xunit;

namespace Containerize.Tests.Compression;

public class ReadingLayers
{
    private static readonly byte[] Tar = [.. Samples.Text(100_000), .. Samples.Random(100_000, 2)];

    [Theory]
    [InlineData(MediaTypes.OciLayerGzip)]
    [InlineData(MediaTypes.DockerLayerGzip)]
    [InlineData(MediaTypes.OciLayer)]
    [InlineData("")]
    public void OpensGzipOfSeveralMembers(string mediaType)
    {
        byte[] blob = [.. Packed.Gzip(Tar, threads: 1), .. Packed.Gzip([], threads: 1), .. Packed.Gzip(Tar, threads: 1)];
        Assert.Equal([.. Tar, .. Tar], Packed.Open(blob, mediaType));
    }

    [Fact]
    public void OpensZstdOfSeveralFramesWithASkippableOneBetween()
    {
        byte[] blob = [.. Packed.Zstd(Tar), 0x52, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. Packed.Zstd(Tar)];
        Assert.Equal([.. Tar, .. Tar], Packed.Open(blob, MediaTypes.OciLayerZstd));
    }

    [Fact]
    public void OpensAPlainTar() => Assert.Equal(Tar, Packed.Open(Tar, MediaTypes.OciLayer));

    [Fact]
    public void OpensNothingAsAnEmptyTar() => Assert.Empty(Packed.Open([], MediaTypes.OciLayer));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(50_000)]
    public void SaysThatTheDataIsTruncated(int missing)
    {
        var gzip = Packed.Gzip(Tar, threads: 1);
        var zstd = Packed.Zstd(Tar);
        Assert.Equal(2050, NumberOf(gzip[..^missing], MediaTypes.OciLayerGzip));
        Assert.Equal(2050, NumberOf([.. gzip, .. gzip[..^missing]], MediaTypes.OciLayerGzip));
        Assert.Equal(2050, NumberOf(zstd[..^missing], MediaTypes.OciLayerZstd));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(20)]
    public void SaysThatTheDataIsTruncatedAtItsStart(int left) =>
        Assert.Equal(2050, NumberOf(Packed.Gzip(Tar, threads: 1)[..left], MediaTypes.OciLayerGzip));

    [Theory]
    [InlineData(-6)]
    [InlineData(-2)]
    [InlineData(2)]
    [InlineData(5_000)]
    public void SaysThatTheDataIsDamaged(int at)
    {
        var gzip = Packed.Gzip(Tar, threads: 1);
        gzip[at < 0 ? gzip.Length + at : at] ^= 0x55;
        Assert.Equal(2051, NumberOf([.. gzip, .. new byte[100_000]], MediaTypes.OciLayerGzip));
        var zstd = Packed.Zstd(Tar);
        zstd[at < 0 ? zstd.Length + at : at + 20] ^= 0x55;
        Assert.Equal(2051, NumberOf(zstd, MediaTypes.OciLayerZstd));
    }

    [Fact]
    public void RefusesWhatFollowsTheLastMember() =>
        Assert.Equal(2051, NumberOf([.. Packed.Gzip(Tar, threads: 1), .. Samples.Random(100_000, 3)], MediaTypes.OciLayerGzip));

    [Theory]
    [InlineData(MediaTypes.OciLayerGzip)]
    [InlineData(MediaTypes.OciLayerZstd)]
    public void RefusesAPlainTarWhereCompressedDataIsPromised(string mediaType) => Assert.Equal(2051, NumberOf(Tar, mediaType));

    [Fact]
    public void RefusesEncryptedLayers() => Assert.Equal(2055, NumberOf(Tar, MediaTypes.OciLayerGzip + "+encrypted"));

    [Fact]
    public void RefusesMoreThanTheLimit()
    {
        var limits = new DecompressionLimits { MaxBytes = Tar.Length - 1 };
        Assert.Equal(2052, NumberOf(Packed.Gzip(Tar, threads: 1), MediaTypes.OciLayerGzip, limits));
        Assert.Equal(2052, NumberOf(Tar, MediaTypes.OciLayer, limits));
        Assert.Equal(Tar, Packed.Open(Tar, MediaTypes.OciLayer, limits with { MaxBytes = Tar.Length }));
    }

    [Fact]
    public void RefusesABomb()
    {
        var zeros = new byte[4_000_000];
        var limits = new DecompressionLimits { RatioFreeBytes = 1_000_000 };
        Assert.Equal(2053, NumberOf(Packed.Zstd(zeros), MediaTypes.OciLayerZstd, limits));
        Assert.Equal(zeros, Packed.Open(Packed.Zstd(zeros), MediaTypes.OciLayerZstd));
    }

    [Fact]
    public void RefusesAHugeWindow()
    {
        // A frame of 256 MiB of window (RFC 8878 section 3.1.1.1.2: exponent 18 above 1 KiB) with one empty last block.
        byte[] blob = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 18 << 3, 0x01, 0x00, 0x00];
        Assert.Equal(2054, NumberOf(blob, MediaTypes.OciLayerZstd));
        blob[5] = 17 << 3;
        Assert.Empty(Packed.Open(blob, MediaTypes.OciLayerZstd));
    }

    [Fact]
    public void NamesTheLayer()
    {
        var layer = Digest.Of("layer"u8);
        var failure = Assert.Throws<ContainerizeException>(
            () => Decompression.Open(new MemoryStream(Tar), MediaTypes.OciLayerGzip, DecompressionLimits.Default, layer));
        Assert.Contains(layer.ToString(), failure.Message, StringComparison.Ordinal);
    }

    private static int NumberOf(byte[] blob, string mediaType, DecompressionLimits? limits = null) =>
        Assert.Throws<ContainerizeException>(() => Packed.Open(blob, mediaType, limits)).Number;
}
