using Xunit;

namespace Containerize.Tests.Compression;

public class WritingZstd
{
    public static TheoryData<string> Contents => [.. Samples.Names];

    [Theory]
    [MemberData(nameof(Contents))]
    public void IsReadBack(string name)
    {
        var content = Samples.Make(name);
        Assert.Equal(content, Packed.Open(Packed.Zstd(content)));
    }

    [Theory]
    [MemberData(nameof(Contents))]
    public void GivesTheSameBytesInPiecesOfAnySize(string name)
    {
        var content = Samples.Make(name);
        var expected = Packed.Zstd(content);
        foreach (var piece in new[] { 4_099, 81_920, 131_072, 500_001 })
        {
            Assert.Equal(expected, Packed.Zstd(content, piece));
        }
    }
}
