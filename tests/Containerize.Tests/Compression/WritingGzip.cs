using System.IO.Compression;
using CsCheck;
using Xunit;

namespace Containerize.Tests.Compression;

public class WritingGzip
{
    public static TheoryData<string> Contents => [.. Samples.Names];

    [Theory]
    [MemberData(nameof(Contents))]
    public void IsReadBackBySystemIoCompression(string name)
    {
        var content = Samples.Make(name);
        using var reader = new GZipStream(new MemoryStream(Packed.Gzip(content, threads: 2)), CompressionMode.Decompress);
        using var read = new MemoryStream();
        reader.CopyTo(read);
        Assert.Equal(content, read.ToArray());
    }

    [Theory]
    [MemberData(nameof(Contents))]
    public void GivesTheSameBytesOnAnyNumberOfThreadsAndInPiecesOfAnySize(string name)
    {
        var content = Samples.Make(name);
        var expected = Packed.Gzip(content, threads: 1);
        foreach (var (threads, piece) in new[] { (2, 81_920), (4, 1_000_003), (3, 4_099), (1, 512) })
        {
            Assert.Equal(expected, Packed.Gzip(content, threads, piece));
        }
    }

    [Fact]
    public void RoundTripsAnyBytesTheSameOnOneTwoAndFourThreads()
    {
        var run = Gen.Select(Gen.Byte, Gen.Int[1, 70_000], (value, count) => Enumerable.Repeat(value, count).ToArray());
        var noise = Gen.Select(Gen.UInt, Gen.Int[0, 200_000], (seed, length) => Samples.Random(length, seed | 1));
        var text = Gen.Int[0, 400_000].Select(Samples.Text);
        var parts = Gen.OneOf(run, noise, text, Gen.Byte.Array[0, 300]).Array[0, 8];
        Gen.Select(parts, Gen.Int[1, 300_000]).Sample(
            (pieces, writeSize) =>
            {
                var content = pieces.SelectMany(piece => piece).ToArray();
                var packed = Packed.Gzip(content, threads: 1);
                Assert.Equal(packed, Packed.Gzip(content, threads: 2, writeSize));
                Assert.Equal(packed, Packed.Gzip(content, threads: 4, writeSize));
                Assert.Equal(content, Packed.Open(packed));
            },
            iter: 30,
            threads: 1);
    }

    [Fact]
    public void HasAHeaderThatNamesNeitherTimeNorSystem() =>
        Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255], Packed.Gzip(Samples.Make("text"), threads: 1)[..10]);

    [Theory]
    [InlineData("random")]
    [InlineData("stored-edge")]
    public void StoresWhatCannotBeCompressed(string name)
    {
        var content = Samples.Make(name);
        Assert.InRange(Packed.Gzip(content, threads: 1).Length, content.Length, content.Length + 18 + 32);
    }

    [Fact]
    public void UsesTheLongestMatchesForZeros() => Assert.InRange(Packed.Gzip(new byte[1_000_000], threads: 1).Length, 900, 1_100);

    [Fact]
    public void RefersBackAWholeWindow()
    {
        // Two copies at distance 32,768, a byte, which costs nothing, and two more: one block of noise is stored, or two.
        Assert.InRange(Packed.Gzip(Samples.Make("farthest"), threads: 1).Length, 65_536, 67_500);
    }

    [Fact]
    public void ReachesOverTheEdgeOfASegment()
    {
        // The second half of the noise begins a segment, and is a copy of what ends the one before.
        var noise = Samples.Random(30_000, 21);
        byte[] content = [.. new byte[(512 * 1024) - 30_000], .. noise, .. noise];
        Assert.InRange(Packed.Gzip(content, threads: 2).Length, 30_000, 31_500);
    }
}
