using Containerize.Layers.Compression;
using CsCheck;
using Xunit;

namespace Containerize.Tests.Compression;

public class HuffmanCodes
{
    [Fact]
    public void AreCompleteAndWithinTheirLimitForAnyCounts() =>
        Gen.Select(Gen.OneOf(Gen.UInt[0, 3], Gen.UInt[0, 500_000]).Array[19], Gen.Int[0, 18]).Sample(
            (counts, zeroed) =>
            {
                Array.Clear(counts, 0, zeroed);
                var code = new HuffmanCode(19, longest: 7);
                code.Build(counts);
                AssertComplete(code, longest: 7);
                Assert.DoesNotContain(Enumerable.Range(0, 19), symbol => counts[symbol] > 0 && code.Lengths[symbol] == 0);
            });

    [Theory]
    [InlineData(7)]
    [InlineData(15)]
    public void AreCutToTheirLimitForCountsLikeFibonaccis(int longest)
    {
        var counts = new uint[26];
        (counts[0], counts[1]) = (1, 1);
        for (var i = 2; i < counts.Length; i++)
        {
            counts[i] = counts[i - 1] + counts[i - 2];
        }

        var code = new HuffmanCode(counts.Length, longest);
        code.Build(counts);
        AssertComplete(code, longest);
        Assert.Equal(longest, code.Lengths[0]);
        Assert.Equal(code.Lengths.OrderDescending(), code.Lengths);
    }

    // Kraft's sum is exactly one.
    private static void AssertComplete(HuffmanCode code, int longest)
    {
        Assert.DoesNotContain(code.Lengths, length => length > longest);
        Assert.Equal(1 << longest, code.Lengths.Where(length => length > 0).Sum(length => 1 << (longest - length)));
    }
}
