using Containerize.Bases;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Bases;

public class BaseTexts
{
    [Theory]
    [InlineData("scratch", BaseKind.Scratch, null, null)]
    [InlineData("oci:dir", BaseKind.OciLayout, "/p/dir", null)]
    [InlineData("oci:/srv/base:app:1.0", BaseKind.OciLayout, "/srv/base", "app:1.0")]
    [InlineData("oci-archive:a/b.tar:x", BaseKind.OciArchive, "/p/a/b.tar", "x")]
    [InlineData("docker-archive:/b.tar", BaseKind.DockerArchive, "/b.tar", null)]
    public void NameTheirPlaces(string text, BaseKind kind, string? path, string? name)
    {
        var parsed = BaseReference.Parse(text, "/p");
        Assert.Equal((kind, path, name), (parsed.Kind, parsed.Path, parsed.Name));
        Assert.Equal(parsed, BaseReference.Parse(parsed.ToString()));
    }

    [Theory]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0", "mcr.microsoft.com/dotnet/aspnet:10.0", false)]
    [InlineData("debian:12", "docker.io/library/debian:12", true)]
    [InlineData("docker.io/debian:12", "docker.io/library/debian:12", false)]
    [InlineData("localhost:5000/x", "localhost:5000/x:latest", false)]
    public void AtRegistriesSayWhetherTheRegistryWasAssumed(string text, string canonical, bool assumed)
    {
        var parsed = BaseReference.Parse(text);
        Assert.Equal((BaseKind.Registry, canonical, assumed), (parsed.Kind, parsed.Reference!.Canonical, parsed.RegistryAssumed));
    }

    [Theory]
    [InlineData("oci:", 3040)]
    [InlineData("oci:dir:", 3040)]
    [InlineData("docker-archive::x", 3040)]
    [InlineData("Not A Name", 4001)]
    public void ThatAreNoneAreRefused(string text, int number) =>
        Assert.Equal(number, Assert.Throws<ContainerizeException>(() => BaseReference.Parse(text)).Number);

    [Fact]
    public async Task OpenToImages()
    {
        using var folder = new TemporaryFolder();
        using var client = new RegistryClient(new RegistryOptions { Environment = _ => null });
        var image = SampleImages.Create(["one"]);
        await new OciLayout(folder["l"], "x").WriteAsync(image, CancellationToken.None);
        await new ImageArchive(folder["a.tar"], [Reference.Parse("app:1")], ArchiveFormat.Docker).WriteAsync(image, CancellationToken.None);
        foreach (var text in new[] { "oci:l", "oci:l:x", "oci-archive:a.tar", "docker-archive:a.tar:app:1" })
        {
            var read = (Image)await BaseSources.Open(BaseReference.Parse(text, folder.Path), client, Platform.LinuxAmd64).ReadAsync(CancellationToken.None);
            Assert.Equal(image.Config.RootFs.DiffIds, read.Config.RootFs.DiffIds);
        }

        var scratch = (Image)await BaseSources.Open(BaseReference.Parse("scratch"), client, Platform.LinuxArm64).ReadAsync(CancellationToken.None);
        Assert.Equal((0, "linux/arm64"), (scratch.Layers.Count, scratch.Platform.ToString()));
    }
}
