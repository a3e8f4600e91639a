using Containerize.Oci;
using Xunit;

namespace Containerize.Tests;

public class DigestTexts
{
    [Theory]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("sha256:e3b0c442")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("")]
    public void AreRefusedWhereTheyAreNotDigests(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Equal(3001, Assert.Throws<ContainerizeException>(() => Digest.Parse(text)).Number);
    }

    [Fact]
    public void OfNothingIsTheKnownOne() =>
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Digest.Of([]).ToString());
}
