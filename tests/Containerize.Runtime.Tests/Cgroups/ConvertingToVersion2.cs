using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class ConvertingToVersion2
{
    // The values beside the borders are those of runc's and crun's own tests.
    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(1UL, 1UL)]
    [InlineData(2UL, 1UL)]
    [InlineData(3UL, 2UL)]
    [InlineData(1023UL, 100UL)]
    [InlineData(1024UL, 100UL)]
    [InlineData(1025UL, 101UL)]
    [InlineData(262143UL, 10000UL)]
    [InlineData(262144UL, 10000UL)]
    [InlineData(ulong.MaxValue, 10000UL)]
    public void SharesGoThroughLeastUsualAndMost(ulong shares, ulong weight) => Assert.Equal(weight, ResourceConversion.CpuWeight(shares));

    [Fact]
    public void MoreSharesAreNeverLessWeight()
    {
        var last = 0UL;
        for (var shares = 2UL; shares <= 262144; shares++)
        {
            var weight = ResourceConversion.CpuWeight(shares);
            Assert.InRange(weight, last == 0 ? 1 : last, 10000UL);
            last = weight;
        }
    }

    [Theory]
    [InlineData(1, 1UL)]
    [InlineData(10, 1UL)]
    [InlineData(11, 11UL)]
    [InlineData(500, 4950UL)]
    [InlineData(1000, 10000UL)]
    public void IoWeightsAreOnALine(ushort weight, ulong expected) => Assert.Equal(expected, ResourceConversion.IoWeight(weight));

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 100, null)]
    [InlineData(0, -1, -1L)]
    [InlineData(-1, 0, -1L)]
    [InlineData(-1, 100, -1L)]
    [InlineData(-1, -1, -1L)]
    [InlineData(100, 100, 0L)]
    [InlineData(300, 100, 200L)]
    [InlineData(300, -1, 300L)]
    public void SwapIsWithoutMemory(long together, long memory, long? swap) => Assert.Equal(swap, ResourceConversion.Swap(together, memory));
}
