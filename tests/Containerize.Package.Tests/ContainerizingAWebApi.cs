using System.Text.Json.Nodes;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>The main job: a web API with one package reference and no setting.</summary>
public sealed class ContainerizingAWebApi(ContainerizingAWebApi.Published published) : IClassFixture<ContainerizingAWebApi.Published>
{
    public sealed class Published : Workspace
    {
        public Published()
        {
            Project = Copy("WebApi");
            Store = Publish(Project);
            Layout = Publish(Project, "--no-build", $"-p:ContainerLayoutOutputPath={this["layout"]}");
        }

        public string Project { get; }

        public PublishResult Store { get; }

        public PublishResult Layout { get; }
    }

    [Fact]
    public void SaysItsReference()
    {
        var image = published.Store.Image;
        Assert.Contains($"WebApi -> webapi:latest@{image.Digest}\n", published.Store.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", published.Store.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void GivesItemsForOtherPrograms()
    {
        var image = published.Store.Image;
        Assert.Equal($"webapi:latest@{image.Digest}", image.Reference);
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", image.MediaType);
        Assert.Equal(Path.Combine(published.Root, "data", "images"), image.LayoutPath);
        Assert.Equal("", image.ArchivePath);
        Assert.Equal(image.Read().Layers, image.Layers);
    }

    [Fact]
    public void HasOneDigestInEveryPlace() => Assert.Equal(published.Store.Image.Digest, published.Layout.Image.Digest);

    // The web SDK publishes every *.json of a project's folder.
    [Fact]
    public void DoesNotContainTheLayoutThatItWroteIntoTheProjectsFolder()
    {
        using var workspace = new Workspace();
        var project = workspace.Copy("WebApi");
        var first = workspace.Publish(project, "-p:ContainerLayoutOutputPath=layout").Image.Digest;
        Assert.True(File.Exists(Path.Combine(project, "layout", "index.json")));
        Assert.Equal(first, workspace.Publish(project, "-p:ContainerLayoutOutputPath=layout").Image.Digest);
    }

    [Fact]
    public void HasLayersByOrigin()
    {
        var image = published.Store.Image.Read();
        Assert.Equal(["host", "static-content", "app"], image.NamedLayers.Keys);
        Verify.Text(string.Join("\n", image.NamedLayers.Select(l => $"{l.Key}\n{Paths(image.Dump(l.Value))}")));
    }

    [Fact]
    public void RunsAsTheUserOfTheBaseOnItsPort()
    {
        var settings = published.Store.Image.Read().Settings;
        Assert.Equal("1654", settings["User"]!.GetValue<string>());
        Assert.Equal("/app", settings["WorkingDir"]!.GetValue<string>());
        Assert.Equal(["/app/WebApi"], settings["Entrypoint"]!.AsArray().Select(e => e!.GetValue<string>()));
        Assert.Equal(["8080/tcp"], settings["ExposedPorts"]!.AsObject().Select(p => p.Key));
    }

    [SkippableFact]
    public void UnpacksToWhatWasPublished()
    {
        using var bundle = new Bundle(published.Layout.Image.LayoutPath, "latest");
        Assert.Equal(Bundle.Expected(Path.Combine(published.Project, "bin/Release/net10.0/publish"), "WebApi"), bundle.Actual());
    }

    [SkippableFact]
    public void AnswersHttp()
    {
        using var bundle = new Bundle(published.Layout.Image.LayoutPath, "latest");
        var answer = JsonNode.Parse(bundle.Ask("/"))!;
        Assert.Equal("Hello from a container", answer["message"]!.GetValue<string>());
        Assert.Equal("app", answer["user"]!.GetValue<string>());
        Assert.StartsWith("10.0.", answer["runtime"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void IsReadBySkopeo()
    {
        Skip.IfNot(Shell.Has("skopeo"), "skopeo is missing");
        var inspected = JsonNode.Parse(Shell.Run("skopeo", "inspect", $"oci:{published.Layout.Image.LayoutPath}:latest").Succeeded())!;
        Assert.Equal(published.Layout.Image.Digest, inspected["Digest"]!.GetValue<string>());
        Assert.Equal("amd64", inspected["Architecture"]!.GetValue<string>());
    }

    [SkippableFact]
    public void IsValidByTheSpecificationsOwnTool()
    {
        Skip.IfNot(Shell.Has("oci-image-tool"), "oci-image-tool is missing");
        Shell.Run("oci-image-tool", "validate", "--type", "image", "--ref", "name=latest", published.Layout.Image.LayoutPath).Succeeded();
    }

    [Fact]
    public void LeavesNoTraceOfTheMachine()
    {
        var image = published.Store.Image.Read();
        var texts = string.Concat(LayoutImage.Text(image.Manifest), LayoutImage.Text(image.Config));
        Assert.DoesNotContain("created\"", texts, StringComparison.Ordinal);
        string[] canaries = [published.Path, Environment.MachineName];
        foreach (var layer in image.NamedLayers.Values)
        {
            var bytes = System.Text.Encoding.Latin1.GetString(image.Tar(layer));
            Assert.All(canaries, c => Assert.DoesNotContain(c, bytes, StringComparison.Ordinal));
            Assert.All(image.Dump(layer).Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.Contains(" 0:0 1970-01-01T00:00:01Z ", l, StringComparison.Ordinal));
        }
    }

    private static string Paths(string dump) =>
        string.Concat(dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', 7)).Select(f => $"  {f[0]} {f[1]} {f[2]} {f[3]} {f[6]}\n"));
}
