using Containerize.Oci;
using Containerize.Registries;
using CsCheck;
using Xunit;

namespace Containerize.Tests.Registries;

public class ReferenceTexts
{
    private const string Sha = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("app", "docker.io/library/app:latest", "app:latest")]
    [InlineData("app:1.0", "docker.io/library/app:1.0", "app:1.0")]
    [InlineData("team/app", "docker.io/team/app:latest", "team/app:latest")]
    [InlineData("library/app", "docker.io/library/app:latest", "app:latest")]
    [InlineData("docker.io/app", "docker.io/library/app:latest", "app:latest")]
    [InlineData("index.docker.io/app", "docker.io/library/app:latest", "app:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app:latest")]
    [InlineData("localhost:5000/a/b/c:x", "localhost:5000/a/b/c:x", "localhost:5000/a/b/c:x")]
    [InlineData("[::1]:5000/app:x", "[::1]:5000/app:x", "[::1]:5000/app:x")]
    [InlineData("[2001:db8::1]/app", "[2001:db8::1]/app:latest", "[2001:db8::1]/app:latest")]
    [InlineData("Foo/bar", "Foo/bar:latest", "Foo/bar:latest")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0", "mcr.microsoft.com/dotnet/aspnet:10.0", "mcr.microsoft.com/dotnet/aspnet:10.0")]
    [InlineData("app@" + Sha, "docker.io/library/app@" + Sha, "app@" + Sha)]
    [InlineData("app:1@" + Sha, "docker.io/library/app:1@" + Sha, "app:1@" + Sha)]
    [InlineData("docker.io/a.b/c", "docker.io/a.b/c:latest", "docker.io/a.b/c:latest")]
    [InlineData("a__b/c-d/e--f.g_h", "docker.io/a__b/c-d/e--f.g_h:latest", "a__b/c-d/e--f.g_h:latest")]
    [InlineData("foo_bar.com:8080", "docker.io/library/foo_bar.com:8080", "foo_bar.com:8080")]
    [InlineData("app:A_b.C-9", "docker.io/library/app:A_b.C-9", "app:A_b.C-9")]
    public void AreReadAsDockerReadsThem(string text, string canonical, string familiar)
    {
        var reference = Reference.Parse(text);
        Assert.Equal((canonical, familiar), (reference.Canonical, reference.ToString()));
        Assert.Equal(reference, Reference.Parse(canonical));
        Assert.Equal(reference, Reference.Parse(familiar));
    }

    [Theory]
    [InlineData("")]
    [InlineData("App")]
    [InlineData("docker.io/App")]
    [InlineData("localhost:5000/Team/app")]
    [InlineData("/app")]
    [InlineData("app/")]
    [InlineData("a//b")]
    [InlineData("app:")]
    [InlineData("app:-x")]
    [InlineData("app:a b")]
    [InlineData("app@sha256:abc")]
    [InlineData("app@" + Sha + "@" + Sha)]
    [InlineData("-app")]
    [InlineData("app-")]
    [InlineData("a___b")]
    [InlineData("a..b")]
    [InlineData("a_-b")]
    [InlineData(" app")]
    [InlineData("app ")]
    [InlineData("app\n")]
    [InlineData("https://example.org/app")]
    [InlineData("[fe80::1%25eth0]/app")]
    [InlineData("example.org:port/app")]
    [InlineData("localhost:5000")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void ThatAreNoNamesAreRefused(string text)
    {
        // "localhost:5000" alone is a repository and a tag.
        if (text == "localhost:5000")
        {
            Assert.Equal("docker.io/library/localhost:5000", Reference.Parse(text).Canonical);
            return;
        }

        Assert.False(Reference.TryParse(text, out _));
        Assert.Equal(4001, Assert.Throws<ContainerizeException>(() => Reference.Parse(text)).Number);
    }

    [Fact]
    public void OfARepositoryAreAtMost255Characters()
    {
        Assert.True(Reference.TryParse("x.io/" + new string('a', 255), out _));
        Assert.False(Reference.TryParse("x.io/" + new string('a', 256), out _));
        Assert.True(Reference.TryParse("a:" + new string('t', 128), out _));
        Assert.False(Reference.TryParse("a:" + new string('t', 129), out _));
    }

    [Fact]
    public void WithCapitalsAreToldTheLowerCaseForm() =>
        Assert.Contains("must be lower case, as 'library/myapp'", Assert.Throws<ContainerizeException>(() => Reference.Parse("MyApp")).Message, StringComparison.Ordinal);

    [Fact]
    public void GetOtherTagsAndDigests()
    {
        var pinned = Reference.Parse("app:1").WithDigest(Digest.Parse(Sha));
        Assert.Equal("app:1@" + Sha, pinned.ToString());
        Assert.Equal("app:2", pinned.WithTag("2").ToString());
        Assert.Equal(4001, Assert.Throws<ContainerizeException>(() => pinned.WithTag("a/b")).Number);
    }

    [Fact]
    public void NeverBreakTheParser() => Gen.String[Gen.Char["aB0./:@-_[]% \n"], 0, 40].Sample(text =>
    {
        if (Reference.TryParse(text, out var reference))
        {
            Assert.Equal(reference, Reference.Parse(reference.ToString()));
            Assert.Equal(reference, Reference.Parse(reference.Canonical));
        }
    });
}
