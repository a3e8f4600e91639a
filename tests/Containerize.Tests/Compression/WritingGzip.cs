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
        // Two copies at distance 32,768, a byte, which costs nothing, and two more: one block of noise is stored, or two. Of the
        // positions that are farthest away, newer ones have displaced some: between long matches are a few literals.
        Assert.InRange(Packed.Gzip(Samples.Make("farthest"), threads: 1).Length, 65_536, 73_000);
    }

    [Fact]
    public void ReachesOverTheEdgeOfASegment()
    {
        // The second half of the noise begins a segment, and is a copy of what ends the one before.
        var noise = Samples.Random(30_000, 21);
        byte[] content = [.. new byte[(512 * 1024) - 30_000], .. noise, .. noise];
        Assert.InRange(Packed.Gzip(content, threads: 2).Length, 30_000, 32_500);
    }

    [Fact]
    public void FindsMatchesAgainSoonAfterNoise()
    {
        // Noise is passed over in growing steps: what follows it must not be.
        byte[] content = [.. Samples.Random(400_000, 43), .. Samples.Text(100_000)];
        var text = Packed.Gzip(Samples.Text(100_000), threads: 1).Length;
        Assert.InRange(Packed.Gzip(content, threads: 1).Length, 400_000, 400_000 + text + 500);
    }

    /// <summary>A long match that a segment's end cuts off, by every number of bytes that a search reads at once and more.</summary>
    [Fact]
    public void EndsMatchesWithTheSegment()
    {
        for (var left = 0; left < 20; left++)
        {
            var run = Samples.Random(300, 47);
            byte[] content = [.. Samples.Random((512 * 1024) - 300 - left, 53), .. run, .. run];
            Assert.Equal(content, Packed.Open(Packed.Gzip(content, threads: 2)));
            Assert.Equal(content[..^280], Packed.Open(Packed.Gzip(content[..^280], threads: 1)));
        }
    }

    /// <summary>The same four bytes 65,536 apart, which a bucket cannot tell from here.</summary>
    [Fact]
    public void RefersToNothingThatIsTwoWindowsBack()
    {
        var block = Samples.Random(65_536, 59);
        byte[] content = [.. block, .. block, .. block];
        var packed = Packed.Gzip(content, threads: 1);
        Assert.Equal(content, Packed.Open(packed));
        Assert.InRange(packed.Length, content.Length, content.Length + 100);
    }

    /// <summary>Contents that are expensive in one way or another: none outgrows the room that a segment has for its output.</summary>
    [Theory]
    [InlineData(1, 256)]
    [InlineData(2, 250)]
    [InlineData(4, 144)]
    [InlineData(7, 17)]
    public void StaysWithinItsBound(int period, int values)
    {
        // Bytes of few values, or from all over, with short matches in between: the costliest that a dynamic block can be.
        var content = Samples.Random(512 * 1024, (uint)(61 + period));
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = i % (period * 5) < 4 && i >= 9_000 ? content[i - 8_999] : (byte)(content[i] % values);
        }

        for (var length = 0; length <= content.Length; length = (2 * length) + 1)
        {
            var packed = Packed.Gzip(content[..length], threads: 1);
            Assert.InRange(packed.Length, 18, 18 + length + (length / 1000) + 16);
            Assert.Equal(content[..length], Packed.Open(packed));
        }
    }
}
