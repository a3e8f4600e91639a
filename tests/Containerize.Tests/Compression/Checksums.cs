using Containerize.Layers.Compression;
using Xunit;

namespace Containerize.Tests.Compression;

public class Checksums
{
    [Fact]
    public void HaveTheCheckValueOfTheCrcCatalogue() => Assert.Equal(0xCBF4_3926u, Crc32.Append(0, "123456789"u8));

    /// <summary>Around every number of bytes that is taken at once, and where folding begins and ends.</summary>
    [Theory]
    [InlineData(0, 130)]
    [InlineData(256 * 1024 - 2, 256 * 1024 + 130)]
    public void AreThoseOfOneBitAfterTheOther(int shortest, int longest)
    {
        var bytes = Samples.Random(longest + 1, 23);
        var state = uint.MaxValue;
        for (var length = 0; length <= longest; length++)
        {
            if (length >= shortest)
            {
                Assert.Equal(~state, Crc32.Append(0, bytes.AsSpan(0, length)));
            }

            state = Next(state, bytes[length]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(300_000)]
    public void OfTwoPiecesAreThatOfTheWhole(int first)
    {
        var bytes = Samples.Random(600_000, 29);
        var whole = Crc32.Append(0, bytes);
        Assert.Equal(whole, Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, first)), bytes.AsSpan(first)));
        Assert.Equal(whole, Crc32.Combine(Crc32.Append(0, bytes.AsSpan(0, first)), Crc32.Append(0, bytes.AsSpan(first)), bytes.Length - first));
    }

    private static uint Next(uint state, byte value)
    {
        state ^= value;
        for (var bit = 0; bit < 8; bit++)
        {
            state = (state & 1) != 0 ? (state >> 1) ^ 0xEDB8_8320 : state >> 1;
        }

        return state;
    }
}
