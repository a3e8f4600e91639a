using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>One console app to every place that an image can go to, and back from there as the base of another.</summary>
public sealed class ChoosingTheDestination(ChoosingTheDestination.Sent sent) : IClassFixture<ChoosingTheDestination.Sent>
{
    public sealed class Sent : Workspace
    {
        private readonly LoopbackRegistry? _registry;

        public Sent()
        {
            var project = Copy("HelloConsole");
            Store = Publish(project);
            Directory.CreateDirectory(this["folder"]);
            var cases = new Cases(this, System.IO.Path.Combine(project, "HelloConsole.csproj"));
            cases.Property("layout", "ContainerLayoutOutputPath", this["layout"]);
            cases.Property("docker", "ContainerArchiveOutputPath", this["docker.tar"]);
            cases.Add("oci", $"<PropertyGroup><ContainerArchiveOutputPath>{this["oci.tar"]}</ContainerArchiveOutputPath><ContainerImageFormat>OCI</ContainerImageFormat></PropertyGroup>");
            cases.Property("gzip", "ContainerArchiveOutputPath", this["archive.tar.gz"]);
            cases.Property("folder", "ContainerArchiveOutputPath", this["folder"]);
            cases.Add("zstd", $"<PropertyGroup><ContainerLayoutOutputPath>{this["zstd"]}</ContainerLayoutOutputPath><ContainerCompression>zstd</ContainerCompression></PropertyGroup>");
            cases.Add("tags", $"<PropertyGroup><ContainerLayoutOutputPath>{this["tags"]}</ContainerLayoutOutputPath><ContainerImageTags>1.0;1.0.1;latest</ContainerImageTags></PropertyGroup>");
            Base("on-layout", "oci:" + this["layout"]);
            Base("on-docker", "docker-archive:" + this["docker.tar"]);
            Base("on-oci", "oci-archive:" + this["oci.tar"]);
            Base("on-scratch", "scratch");
            if (Shell.Has("docker-registry"))
            {
                _registry = new LoopbackRegistry(this["registry"]);
                cases.Add("push", $"<PropertyGroup><ContainerRegistry>{_registry.Host}</ContainerRegistry><ContainerRepository>team/hello</ContainerRepository><ContainerImageTags>1.0;latest</ContainerImageTags></PropertyGroup>");
                Base("on-registry", $"{_registry.Host}/team/hello:1.0");
            }

            Said = cases.Run();
            if (_registry is not null && Shell.Has("skopeo"))
            {
                Shell.Run("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--dest-compress-format", "zstd", $"oci:{this["layout"]}:latest", $"docker://{_registry.Host}/base/zstd:1").Succeeded();
                var second = new Cases(this, System.IO.Path.Combine(project, "HelloConsole.csproj"));
                second.Add("on-zstd", BaseSettings("on-zstd", $"{_registry.Host}/base/zstd:1"));
                OnZstd = second.Run()["on-zstd"];
            }

            void Base(string name, string image) => cases.Add(name, BaseSettings(name, image));
        }

        public PublishResult Store { get; }

        public IReadOnlyDictionary<string, string> Said { get; }

        public string? OnZstd { get; }

        public string? Registry => _registry?.Host;

        public string Digest(string name) => DigestIn(Said[name]);

        public static string DigestIn(string said) =>
            Regex.Match(said, @"HelloConsole -> \S+@(sha256:[0-9a-f]{64})\n") is { Success: true } match ? match.Groups[1].Value : throw new InvalidOperationException(said);

        public override void Dispose()
        {
            _registry?.Dispose();
            base.Dispose();
            GC.SuppressFinalize(this);
        }

        private string BaseSettings(string name, string image) =>
            $"<PropertyGroup><ContainerBaseImage>{image}</ContainerBaseImage><ContainerLayoutOutputPath>{this[name]}</ContainerLayoutOutputPath></PropertyGroup>"
            + (image == "scratch" ? "<ItemGroup><ContainerAppCommand Include=\"/app/HelloConsole\" /></ItemGroup>" : "");
    }

    [Theory]
    [InlineData("layout")]
    [InlineData("docker")]
    [InlineData("oci")]
    [InlineData("gzip")]
    [InlineData("folder")]
    public void IsOneImageEverywhere(string destination) => Assert.Equal(sent.Store.Image.Digest, sent.Digest(destination));

    [SkippableFact]
    public void ALayoutIsReadByOthers() => Assert.Equal(sent.Store.Image.Digest, Inspect($"oci:{sent["layout"]}:latest")["Digest"]!.GetValue<string>());

    [SkippableFact]
    public void AnOciArchiveIsReadByOthers() => Assert.Equal(sent.Store.Image.Digest, Inspect($"oci-archive:{sent["oci.tar"]}")["Digest"]!.GetValue<string>());

    [SkippableTheory]
    [InlineData("docker.tar")]
    [InlineData("archive.tar.gz")]
    public void ADockerArchiveIsReadByOthers(string file)
    {
        var archive = sent[file];
        if (file.EndsWith(".gz", StringComparison.Ordinal))
        {
            // skopeo 1.9 reads no compressed Docker archive, not even one by gzip itself.
            archive = sent["unzipped.tar"];
            Shell.Run("bash", "-c", $"gzip -dc '{sent[file]}' > '{archive}'").Succeeded();
        }

        var layers = Inspect($"docker-archive:{archive}")["Layers"]!.AsArray();
        Assert.Equal(sent.Store.Image.Layers.Count, layers.Count);
    }

    [Fact]
    public void ATarGzIsGzip() => Assert.Equal([0x1f, 0x8b], File.ReadAllBytes(sent["archive.tar.gz"])[..2]);

    [Fact]
    public void ATarIsNotGzip() => Assert.NotEqual([0x1f, 0x8b], File.ReadAllBytes(sent["docker.tar"])[..2]);

    [Fact]
    public void AFolderGetsAnArchiveNamedAfterTheRepository() =>
        Assert.Equal(["helloconsole.tar.gz"], Directory.GetFileSystemEntries(sent["folder"]).Select(Path.GetFileName));

    [Fact]
    public void ZstdLayersSaySo()
    {
        var image = new LayoutImage(sent["zstd"], sent.Digest("zstd"));
        var own = image.NamedLayers.Values.ToHashSet();
        Assert.All(
            image.Manifest["layers"]!.AsArray().Where(l => own.Contains(l!["digest"]!.GetValue<string>())),
            l => Assert.Equal("application/vnd.oci.image.layer.v1.tar+zstd", l!["mediaType"]!.GetValue<string>()));
        Assert.All(own, l => Assert.Equal([0x28, 0xb5, 0x2f, 0xfd], image.Blob(l)[..4]));
    }

    [Fact]
    public void CompressionDoesNotChangeWhatIsInside() =>
        Assert.Equal(
            sent.Store.Image.Read().Config["rootfs"]!.ToJsonString(),
            new LayoutImage(sent["zstd"], sent.Digest("zstd")).Config["rootfs"]!.ToJsonString());

    [SkippableTheory]
    [InlineData("1.0")]
    [InlineData("1.0.1")]
    [InlineData("latest")]
    public void EveryTagNamesTheImage(string tag) => Assert.Equal(sent.Digest("tags"), Inspect($"oci:{sent["tags"]}:{tag}")["Digest"]!.GetValue<string>());

    [SkippableTheory]
    [InlineData("1.0")]
    [InlineData("latest")]
    public void APushedImageIsPulledByOthers(string tag)
    {
        Skip.If(sent.Registry is null, "docker-registry is missing");
        Assert.Contains($"{sent.Registry}/team/hello:1.0@sha256:", sent.Said["push"], StringComparison.Ordinal);
        Assert.Equal(sent.Store.Image.Digest, Inspect($"docker://{sent.Registry}/team/hello:{tag}", "--tls-verify=false")["Digest"]!.GetValue<string>());
    }

    [SkippableTheory]
    [InlineData("on-layout")]
    [InlineData("on-docker")]
    [InlineData("on-oci")]
    [InlineData("on-registry")]
    public void AnImageIsTheBaseOfAnother(string name)
    {
        Skip.If(name == "on-registry" && sent.Registry is null, "docker-registry is missing");
        var image = new LayoutImage(sent[name], sent.Digest(name));
        var below = DiffIds(sent.Store.Image.Read());
        Assert.Equal(below, DiffIds(image).Take(below.Count));
        Assert.True(DiffIds(image).Count > below.Count);
        Assert.Equal("1654", image.Settings["User"]!.GetValue<string>());
    }

    [SkippableFact]
    public void ABaseMayHaveZstdLayers()
    {
        Skip.If(sent.OnZstd is null, "docker-registry or skopeo is missing");
        var image = new LayoutImage(sent["on-zstd"], Sent.DigestIn(sent.OnZstd!));
        Assert.Contains("+zstd", image.Manifest["layers"]!.AsArray().First()!["mediaType"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(image.Layers.Count > sent.Store.Image.Layers.Count);
    }

    [Fact]
    public void ScratchHasTheAppAlone()
    {
        var image = new LayoutImage(sent["on-scratch"], sent.Digest("on-scratch"));
        Assert.Equal(image.NamedLayers.Values, image.Layers);
        Assert.Null(image.Settings["User"]);
        Assert.Equal("linux", image.Config["os"]!.GetValue<string>());
    }

    private static List<string> DiffIds(LayoutImage image) => [.. image.Config["rootfs"]!["diff_ids"]!.AsArray().Select(d => d!.GetValue<string>())];

    private static JsonNode Inspect(params string[] arguments)
    {
        Skip.IfNot(Shell.Has("skopeo"), "skopeo is missing");
        return JsonNode.Parse(Shell.Run(["skopeo", "inspect", .. arguments]).Succeeded())!;
    }
}
