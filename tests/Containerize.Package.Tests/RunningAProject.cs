using System.Globalization;
using System.Text.Json.Nodes;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>A project run without an image, and beside it its image run: <c>dotnet containerize run</c> in its folder.</summary>
public sealed class RunningAProject(RunningAProject.Situation situation) : IClassFixture<RunningAProject.Situation>
{
    public sealed class Situation : Workspace
    {
        public Situation()
        {
            if (!CanRun)
            {
                return;
            }

            Project = System.IO.Path.Combine(Copy("WithProjectAndPackages"), "App");
            _ = Publish(Project, "-p:ContainerImageTag=built").Image;
            Tool("create", "--name", "of-the-image", "shop.api:built").Succeeded();
            Tool("create", "--name", "of-the-project", "--project", Project).Succeeded();
        }

        public static bool CanRun => OperatingSystem.IsLinux() && System.Environment.IsPrivilegedProcess;

        public string Project { get; } = "";

        public ShellResult Tool(params string[] arguments) => Shell.RunIn(Path, Environment(), [InstalledTool.Path, .. arguments]);

        public JsonNode Inspect(string container) => JsonNode.Parse(Tool("inspect", container).Succeeded())![0]!;

        /// <summary>container.json: what it was made of.</summary>
        public JsonNode Record(string container) =>
            JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Root, "data", "containers", Inspect(container)["Id"]!.GetValue<string>(), "container.json")))!;

        public int Layers => Directory.GetDirectories(System.IO.Path.Combine(Root, "data", "layers")).Length;

        public override void Dispose()
        {
            if (CanRun)
            {
                Tool("rm", "-f", "of-the-image", "of-the-project");
                Tool("prune", "--force");
            }

            base.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    [SkippableFact]
    public void ItHasTheRootFileSystemOfTheImage()
    {
        Require();
        var image = Root("of-the-image");
        Assert.Contains(" app/Shop.Api.dll\n", image, StringComparison.Ordinal);
        Assert.Equal(image, Root("of-the-project"));
    }

    [SkippableFact]
    public void ItHasTheSettingsOfTheImage()
    {
        Require();
        Assert.Equal(Settings("of-the-image"), Settings("of-the-project"));
        Assert.Equal("/app/Shop.Api", situation.Inspect("of-the-project")["Path"]!.GetValue<string>());
    }

    [SkippableFact]
    public void ItHasTheLayersOfTheImage()
    {
        Require();
        var of = situation.Record("of-the-project");
        Assert.Equal(situation.Record("of-the-image")["diffIds"]!.ToJsonString(), of["diffIds"]!.ToJsonString());
        Assert.Null(of["imageDigest"]);
    }

    [SkippableFact]
    public void NothingOfItIsAmongTheImages()
    {
        Require();
        var images = JsonNode.Parse(situation.Tool("images", "--format", "json").Succeeded())!.AsArray();
        Assert.Equal(["shop.api:built"], images.Select(i => $"{i!["repository"]}:{i["tag"]}"));
    }

    [SkippableFact]
    public void WithNothingChangedNoLayerIsMade()
    {
        Require();
        var before = situation.Layers;
        var said = situation.Tool("create", "--name", "again", "--project", situation.Project);
        situation.Tool("rm", "again").Succeeded();
        Assert.Equal((0, before), (said.ExitCode, situation.Layers));
    }

    [SkippableFact]
    public void OptionsAndArgumentsAreTheContainers()
    {
        Require();
        situation.Tool("create", "--name", "with", "-e", "A=b", "--project", situation.Project, "one", "--two").Succeeded();
        var made = situation.Inspect("with");
        situation.Tool("rm", "with").Succeeded();
        Assert.Equal("[\"one\",\"--two\"]", made["Args"]!.ToJsonString());
        Assert.Contains("A=b", made["Config"]!["Env"]!.AsArray().Select(v => v!.GetValue<string>()));
    }

    [SkippableFact]
    public void OfSeveralPlatformsItIsThatOfTheMachine()
    {
        Require();
        situation.Tool("create", "--name", "one-of-two", "--project", situation.Project, "--property", "ContainerRuntimeIdentifiers=\"linux-arm64;linux-x64\"").Succeeded();
        var architecture = situation.Record("one-of-two")["architecture"]!.GetValue<string>();
        situation.Tool("rm", "one-of-two").Succeeded();
        Assert.Equal(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64", architecture);
    }

    [SkippableFact]
    public void AProjectThatDoesNotBuildIsOneError()
    {
        Require();
        var project = situation.Copy("HelloConsole", "broken");
        File.WriteAllText(Path.Combine(project, "Broken.cs"), "no C#");
        var said = situation.Tool("run", "--project", project);
        Assert.Equal(125, said.ExitCode);
        Assert.Contains($"error CTZ5043: building {project}/HelloConsole.csproj: it failed, as said above.\n", said.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void WatchingPutsANewContainerInTheOldOnesPlace()
    {
        Require();
        var folder = situation.Copy("WithProjectAndPackages", "watched");
        using var tool = Shell.Start(
            folder, situation.Environment(), InstalledTool.Path, "run", "--watch", "--name", "watched", "-p", "127.0.0.1::8080", "--project", Path.Combine(folder, "App"));
        var address = Until(tool, () => situation.Tool("port", "watched", "8080") is { ExitCode: 0, Output.Length: > 0 } said ? said.Output.Trim() : null);
        Assert.Contains("\"Price\":2.5", Until(tool, () => Ask(address)), StringComparison.Ordinal);
        // In a project that it references.
        var source = Path.Combine(folder, "Domain", "Prices.cs");
        File.WriteAllText(source, File.ReadAllText(source).Replace("2.5m", "7.5m", StringComparison.Ordinal));
        Assert.Contains("\"Price\":7.5", Until(tool, () => Ask(address) is { } answer && answer.Contains("7.5", StringComparison.Ordinal) ? answer : null), StringComparison.Ordinal);
        // What does not build leaves the container as it is.
        File.WriteAllText(Path.Combine(folder, "App", "Broken.cs"), "no C#");
        Until(tool, () => tool.Output.Contains("error CTZ5043", StringComparison.Ordinal) ? "said" : null);
        Assert.Contains("\"Price\":7.5", Ask(address), StringComparison.Ordinal);
        Shell.Run("kill", "-INT", tool.Id.ToString(CultureInfo.InvariantCulture)).Succeeded();
        Assert.Equal(130, tool.End(TimeSpan.FromSeconds(60)).ExitCode);
        Assert.Equal("", situation.Tool("ps", "-aq", "--filter", "name=watched").Output);
    }

    private static void Require()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "containers run on Linux");
        Skip.IfNot(Environment.IsPrivilegedProcess, "needs root");
    }

    private string Root(string container)
    {
        var file = situation[$"{container}.tar"];
        situation.Tool("export", "-o", file, container).Succeeded();
        using var tar = File.OpenRead(file);
        return TarDump.Of(tar);
    }

    private string Settings(string container)
    {
        var config = situation.Inspect(container)["Config"]!.AsObject();
        config.Remove("Hostname");
        config.Remove("Image");
        return config.ToJsonString();
    }

    private static string Until(ShellProcess tool, Func<string?> so)
    {
        for (var i = 0; i < 600 && !tool.HasEnded; i++)
        {
            if (so() is { } found)
            {
                return found;
            }

            Thread.Sleep(200);
        }

        throw new InvalidOperationException($"it did not become so; the tool said:\n{tool.Output}");
    }

    private static string? Ask(string address)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            return client.GetStringAsync(new Uri($"http://{address}/")).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
