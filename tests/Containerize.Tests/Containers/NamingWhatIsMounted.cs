using Containerize.Containers.Options;
using Xunit;

namespace Containerize.Tests.Containers;

/// <summary>The sources of <c>-v</c> and <c>--mount</c>.</summary>
public class NamingWhatIsMounted
{
    [Theory]
    [InlineData("name:/y", "volume", "name")]
    [InlineData("./a/x:/y", "bind", "/here/a/x")]
    [InlineData("../x:/y", "bind", "/x")]
    [InlineData("/x:/y:ro", "bind", "/x")]
    public void ADotOrASlashMakesItAPath(string text, string type, string source)
    {
        var mount = MountOption.Volume(text, "/here");
        Assert.Equal((type, source), (mount.Type, mount.Source));
    }

    [Theory]
    [InlineData("a/x:/y")]
    [InlineData("a/x:/y:ro")]
    public void APathWithoutThemIsToldHowToBecomeOne(string text)
    {
        var failure = Assert.Throws<ContainerizeException>(() => MountOption.Volume(text, "/here"));
        Assert.StartsWith($"reading -v {text}: 'a/x' is not a volume's name, ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Write ./a/x for a path that begins in the current folder.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVolumeThatIsAPathIsToldOfBinds()
    {
        var failure = Assert.Throws<ContainerizeException>(() => MountOption.Mount("source=a/x,target=/y", "/here"));
        Assert.StartsWith("reading --mount source=a/x,target=/y: 'a/x' is not a volume's name, ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Add type=bind for a path of this machine.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherWrongNameIsToldOfTheForms() =>
        Assert.Contains("Write -v /on/the/host:", Assert.Throws<ContainerizeException>(() => MountOption.Volume("a b:/y", "/here")).Message, StringComparison.Ordinal);
}
