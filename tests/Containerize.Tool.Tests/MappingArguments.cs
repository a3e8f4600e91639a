using Containerize.Testing;
using Containerize.Tool.Dotnet;
using Xunit;

namespace Containerize.Tool.Tests;

public sealed class MappingArguments : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void AProjectAloneIsPublished() => Assert.Equal(
        ["publish", "App.csproj", "-nologo", "-t:Containerize", "-v:minimal"],
        PublishArguments.Of(new PublishRequest { Project = "App.csproj" }, "Containerize", null));

    [Fact]
    public void EveryOptionIsPassedOn() => Assert.Equal(
        [
            "publish", "App.csproj", "-nologo", "-t:Containerize", "-c", "Debug", "-f", "net10.0", "-r", "linux-arm64", "--os", "linux", "--arch", "arm64",
            "--no-restore", "--no-build", "-v:detailed", "-p:A=1;B=2", "-p:C=x=y", "-p:ContainerRepository=team/app", "-p:ContainerImageTags=\"1.0;latest\"", "-last",
        ],
        PublishArguments.Of(
            new PublishRequest
            {
                Project = "App.csproj",
                Configuration = "Debug",
                Framework = "net10.0",
                RuntimeIdentifier = "linux-arm64",
                OperatingSystem = "linux",
                Architecture = "arm64",
                Properties = ["A=1;B=2", "C=x=y"],
                Tags = ["team/app:1.0", "latest"],
                NoRestore = true,
                NoBuild = true,
                Verbosity = Verbosity.Detailed,
            },
            "Containerize",
            null,
            "-last"));

    [Fact]
    public void HooksOfTheUserAreKeptBehindOurs()
    {
        var injection = new Injection("/tool/containerize", name => name == "CustomAfterMicrosoftCommonTargets" ? "/env/After.targets" : null);
        var request = new PublishRequest { Project = "App.csproj", Properties = ["customaftermicrosoftcommonprops=/own/After.props", "A=1"] };

        Assert.Equal(
            [
                "publish", "App.csproj", "-nologo", "-t:Containerize", "-v:minimal", "-p:A=1",
                $"-p:CustomAfterMicrosoftCommonProps={Path.Combine("/tool/containerize", "Inject.props")}",
                "-p:_ContainerizeToolAfterProps=/own/After.props",
                $"-p:CustomAfterMicrosoftCommonTargets={Path.Combine("/tool/containerize", "Inject.targets")}",
                "-p:_ContainerizeToolAfterTargets=/env/After.targets",
                $"-p:CustomAfterMicrosoftCommonCrossTargetingTargets={Path.Combine("/tool/containerize", "Inject.targets")}",
            ],
            PublishArguments.Of(request, "Containerize", injection));
    }

    [Theory]
    [InlineData("1.0", "ContainerImageTag=1.0")]
    [InlineData("team/app", "ContainerRepository=team/app")]
    [InlineData("app:1.0", "ContainerRepository=app|ContainerImageTag=1.0")]
    public void ATagMayNameTheRepository(string tag, string expected) => Assert.Equal(expected, string.Join('|', ImageTags.Properties([tag])));

    [Theory]
    [InlineData("a/b:1", "c/d:1")]
    [InlineData("localhost:5000/app:1")]
    [InlineData("app:")]
    [InlineData("UPPER/case:1")]
    [InlineData("with blank")]
    public void WhatIsNoNameIsRefused(params string[] tags) => Assert.Equal(7026, Assert.Throws<ContainerizeException>(() => ImageTags.Properties(tags)).Number);

    [Fact]
    public void TheOnlyProjectOfAFolderIsFound()
    {
        var project = _folder.Write("one/App.csproj", "");
        _folder.Write("one/App.slnx", "");
        Assert.Equal(project, ProjectDiscovery.Find("one", _folder.Path));
        Assert.Equal(project, ProjectDiscovery.Find(null, _folder["one"]));
    }

    [Fact]
    public void SeveralProjectsAreNamedInTheError()
    {
        _folder.Write("two/A.csproj", "");
        _folder.Write("two/B.fsproj", "");
        var error = Assert.Throws<ContainerizeException>(() => ProjectDiscovery.Find("two", _folder.Path));
        Assert.Equal(7025, error.Number);
        Assert.Contains("A.csproj, B.fsproj", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BothKindsOfSolutionsAreRead()
    {
        var old = _folder.Write("Old.sln", "Microsoft Visual Studio Solution File, Format Version 12.00\r\nProject(\"{2150E333}\") = \"src\", \"src\", \"{1}\"\r\nEndProject\r\nProject(\"{FAE04EC0}\") = \"Web\", \"src\\Web\\Web.csproj\", \"{2}\"\r\nEndProject\r\n");
        var current = _folder.Write("New.slnx", "<Solution><Folder Name=\"/src/\"><Project Path=\"src/Web/Web.csproj\" /></Folder><Project Path=\"docs/docs.shproj\" /></Solution>");
        Assert.Equal([_folder[Path.Combine("src", "Web", "Web.csproj")]], SolutionProjects.Of(old));
        Assert.Equal(SolutionProjects.Of(old), SolutionProjects.Of(current));
    }

    [Theory]
    [InlineData("Exe", "", "", true)]
    [InlineData("WinExe", "true", "", true)]
    [InlineData("Library", "", "", false)]
    [InlineData("Exe", "false", "", false)]
    [InlineData("Exe", "", "true", false)]
    public void ProgramsThatArePublishedHaveAnImage(string outputType, string publishable, string test, bool expected) => Assert.Equal(
        expected,
        ContainerizableProjects.HasImage(
            $$"""{"Properties": {"OutputType": "{{outputType}}", "IsPublishable": "{{publishable}}", "IsTestProject": "{{test}}", "EnableSdkContainerSupport": ""} }"""));

    public void Dispose() => _folder.Dispose();
}
