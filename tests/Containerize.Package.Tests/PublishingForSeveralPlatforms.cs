using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>ContainerRuntimeIdentifiers on a project that was never restored, and one foreign platform alone.</summary>
public sealed class PublishingForSeveralPlatforms(PublishingForSeveralPlatforms.Published published) : IClassFixture<PublishingForSeveralPlatforms.Published>
{
    private const string Annotated = """
          <ItemGroup>
            <ContainerEnvironmentVariable Include="ASPNETCORE_URLS" Value="http://+:8080;https://+:8443" />
            <ContainerLabel Include="url" Value="https://example.com:1/x;y" />
            <ContainerAnnotation Include="where" Value="index: here" Scope="Index" />
          </ItemGroup>
        </Project>
        """;

    public sealed class Published : Workspace
    {
        public Published()
        {
            var project = Copy("WebApi");
            var file = System.IO.Path.Combine(project, "WebApi.csproj");
            File.WriteAllText(file, File.ReadAllText(file).Replace("</Project>", Annotated, StringComparison.Ordinal));
            Both = Publish(project, "-p:ContainerRuntimeIdentifiers=linux-x64%3Blinux-arm64", $"-p:ContainerLayoutOutputPath={this["both"]}", "-o", this["out"]);
            var console = Copy("HelloConsole");
            Arm = Publish(console, "-p:ContainerRuntimeIdentifier=linux-arm64", $"-p:ContainerLayoutOutputPath={this["arm"]}");
        }

        public PublishResult Both { get; }

        public PublishResult Arm { get; }
    }

    [Fact]
    public void GivesOneIndexOfBoth()
    {
        var index = published.Both.Image.Read().Manifest;
        Assert.Equal("application/vnd.oci.image.index.v1+json", published.Both.Image.MediaType);
        Assert.Equal(["linux/amd64", "linux/arm64"], index["manifests"]!.AsArray().Select(m => $"{m!["platform"]!["os"]}/{m["platform"]!["architecture"]}").Order());
        Assert.Equal("index: here", index["annotations"]!["where"]!.GetValue<string>());
    }

    [Fact]
    public void TagsTheIndexOnly()
    {
        var layout = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(published["both/index.json"]))!["manifests"]!.AsArray();
        Assert.Equal([published.Both.Image.Digest], layout.Select(m => m!["digest"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void KeepsColonsAndSemicolons(string architecture)
    {
        var settings = published.Both.Image.Read().For(architecture).Settings;
        Assert.Contains("ASPNETCORE_URLS=http://+:8080;https://+:8443", settings["Env"]!.AsArray().Select(e => e!.GetValue<string>()));
        Assert.Equal("https://example.com:1/x;y", settings["Labels"]!["url"]!.GetValue<string>());
    }

    [Fact]
    public void SharesTheAppsOwnLayer()
    {
        var index = published.Both.Image.Read();
        Assert.Equal(index.For("amd64").NamedLayers["app"], index.For("arm64").NamedLayers["app"]);
        Assert.Equal(index.For("amd64").NamedLayers["static-content"], index.For("arm64").NamedLayers["static-content"]);
    }

    [Theory]
    [InlineData("amd64", 62)]
    [InlineData("arm64", 183)]
    public void HasTheProgramOfThePlatform(string architecture, int machine) =>
        Assert.Equal(machine, Machine(published.Both.Image.Read().For(architecture), "app/WebApi"));

    [Fact]
    public void OneForeignPlatformIsOneImage()
    {
        var image = published.Arm.Image.Read();
        Assert.Equal("arm64", image.Config["architecture"]!.GetValue<string>());
        Assert.Equal(183, Machine(image, "app/HelloConsole"));
    }

    // e_machine of the ELF header: 62 is x86-64, 183 is AArch64.
    private static int Machine(LayoutImage image, string path) => BitConverter.ToUInt16(image.File(path)!, 18);
}
