using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>The ways to name the package and the ways to call the target; each gives an image.</summary>
public sealed class WaysIn : IDisposable
{
    private const string NoReference = """
        <Project Sdk="Microsoft.NET.Sdk">
          {0}
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <InvariantGlobalization>true</InvariantGlobalization>
          </PropertyGroup>
        </Project>
        """;

    private const string Program = "System.Console.WriteLine(\"hello\");\n";

    private readonly Workspace _workspace = new();

    [Fact]
    public void AnSdkReference()
    {
        _workspace.Write("App/Program.cs", Program);
        _workspace.Write("App/App.csproj", Project($"<Sdk Name=\"Containerize\" Version=\"{_workspace.Product.Version}\" />"));
        Assert.StartsWith("app:latest@sha256:", _workspace.Publish(_workspace["App"]).Image.Reference, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileAlone()
    {
        var file = _workspace.Write("app.cs", $"#:sdk Microsoft.NET.Sdk\n#:sdk Containerize@{_workspace.Product.Version}\n#:property PublishAot=false\n{Program}");
        Assert.StartsWith("app:latest@sha256:", _workspace.Publish(file).Image.Reference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Shop.slnx", "-m:8")]
    [InlineData("Shop.sln", "-graph")]
    public void AGlobalReferenceOverASolution(string solution, string how)
    {
        Solution(solution);
        // A solution's target results are not the projects': what they say is.
        var ended = _workspace.Dotnet(_workspace.Path, null, "publish", _workspace[solution], "-t:Containerize", how);
        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Contains("App -> app:latest@sha256:", ended.Output, StringComparison.Ordinal);
        Assert.Equal(2, ended.Output.Split("@sha256:").Length);
        Assert.DoesNotContain("warning", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnFSharpProject() =>
        Assert.StartsWith("hellofsharp:latest@sha256:", _workspace.Publish(_workspace.Copy("HelloFSharp")).Image.Reference, StringComparison.Ordinal);

    [Fact]
    public void AVisualBasicProjectInAFolderOfTwoHundredAndFiftyCharacters()
    {
        var folder = string.Join('/', Enumerable.Repeat(new string('d', 49), 5));
        _workspace.Write($"{folder}/Hello/Program.vb", "Module Program\n  Sub Main()\n    System.Console.WriteLine(\"hello\")\n  End Sub\nEnd Module\n");
        _workspace.Write($"{folder}/Hello/Hello.vbproj", Project($"<ItemGroup><PackageReference Include=\"Containerize\" Version=\"{_workspace.Product.Version}\" /></ItemGroup>"));
        var image = _workspace.Publish(_workspace[$"{folder}/Hello"]).Image;
        Assert.StartsWith("hello:latest@sha256:", image.Reference, StringComparison.Ordinal);
        Assert.NotNull(image.Read().File("app/Hello.dll"));
    }

    [Fact]
    public void AFolderWithAnOddName()
    {
        var folder = _workspace.Copy("HelloConsole", "an odd; 100% 'name' äß 日本/HelloConsole");
        var odd = _workspace.Publish(Path.Combine(folder, "HelloConsole.csproj")).Image;
        var plain = _workspace.Publish(_workspace.Copy("HelloConsole")).Image;
        Assert.Equal(plain.Digest, odd.Digest);
    }

    [Fact]
    public void BuildAndThenNoBuildAndThenManyThreads()
    {
        var project = Path.Combine(_workspace.Copy("HelloConsole"), "HelloConsole.csproj");
        var built = _workspace.Build(project, null, "build", project, "-c", "Release", "-t:Containerize").Image;
        var again = _workspace.Publish(project, "--no-build").Image;
        var elsewhere = _workspace.Publish(project, "-mt", "-o", _workspace["out"]).Image;
        Assert.Equal(built.Digest, again.Digest);
        Assert.Equal(built.Digest, elsewhere.Digest);
    }

    [SkippableFact]
    public void ATerminalShowsTheReference()
    {
        Skip.IfNot(Shell.Has("script"), "script is missing");
        var project = _workspace.Copy("HelloConsole");
        var variables = _workspace.Environment();
        variables["MSBUILDTERMINALLOGGER"] = "on";
        variables["TERM"] = "xterm-256color";
        var ended = Shell.RunIn(project, variables, "script", "-qec", "stty cols 300; dotnet publish -t:Containerize -tl:on", "/dev/null");
        Assert.Contains("helloconsole:latest@sha256:", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralFrameworksNeedOneNamed()
    {
        var project = _workspace.Copy("MultiTarget");
        // Without -getTargetResult: MSBuild itself falls over a target that was never started (MSB1025).
        string[][] commands = [["publish", "-t:Containerize"], ["msbuild", "-t:Containerize", "-nologo"]];
        foreach (var command in commands)
        {
            var ended = _workspace.Dotnet(project, null, command);
            Assert.Contains("-f net10.0", new PublishResult(ended.ExitCode, ended.Output, null).OneError("CTZ1001"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ALibraryHasNone()
    {
        _workspace.Write("Library/Class.cs", "public sealed class Class;\n");
        _workspace.Write("Library/Library.csproj", Project($"<ItemGroup><PackageReference Include=\"Containerize\" Version=\"{_workspace.Product.Version}\" /></ItemGroup>").Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
        Assert.Contains("Library", _workspace.Publish(_workspace["Library"]).OneError("CTZ1004"), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherTargetsOfAProjectRunNoneOfOurs()
    {
        var project = _workspace.Copy("HelloConsole");
        string[][] commands = [["build"], ["pack"], ["publish"], ["msbuild", "-t:Compile", "-p:DesignTimeBuild=true;SkipCompilerExecution=true;ProvideCommandLineArgs=true"]];
        foreach (var command in commands)
        {
            var log = _workspace["tmp/log.binlog"];
            var ended = _workspace.Dotnet(project, null, [.. command, $"-bl:{log}"]);
            Assert.True(ended.ExitCode == 0, ended.Output);
            Assert.True(Ours(log).Count == 0, $"{string.Join(' ', command)} ran {string.Join(", ", Ours(log))}");
        }
    }

    [Fact]
    public void TestingAProjectRunsNoneOfOurs()
    {
        // The versions of the repository's own tests, which are downloaded already.
        var versions = System.Xml.Linq.XDocument.Load(Path.Combine(_workspace.Product.Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);
        versions["Containerize"] = _workspace.Product.Version;
        string[] packages = ["Containerize", "Microsoft.NET.Test.Sdk", "xunit", "xunit.runner.visualstudio"];
        var references = string.Concat(packages.Select(p => $"<PackageReference Include=\"{p}\" Version=\"{versions[p]}\" />"));
        _workspace.Write("Checks/Checks.cs", "public class Checks { [Xunit.Fact] public void Pass() { } }\n");
        _workspace.Write("Checks/Checks.csproj", Project($"<ItemGroup>{references}</ItemGroup>"));
        var log = _workspace["tmp/log.binlog"];
        var ended = _workspace.Dotnet(_workspace["Checks"], null, "test", $"-bl:{log}");
        Assert.Contains("Passed!", ended.Succeeded(), StringComparison.Ordinal);
        Assert.Contains("VSTest", Targets(log));
        Assert.Empty(Ours(log));
    }

    public void Dispose() => _workspace.Dispose();

    private static string Project(string reference) => NoReference.Replace("{0}", reference, StringComparison.Ordinal);

    // The mapping of references is for every publish: it makes no image.
    private static List<string> Ours(string log) =>
        [.. Targets(log).Where(t => t.Contains("Containerize", StringComparison.Ordinal) && t != "_ContainerizeMapReferences")];

    private static List<string> Targets(string log)
    {
        var targets = new List<string>();
        Microsoft.Build.Logging.StructuredLogger.Serialization.Read(log)
            .VisitAllChildren<Microsoft.Build.Logging.StructuredLogger.Target>(t => targets.Add(t.Name));
        return targets;
    }

    private void Solution(string name)
    {
        _workspace.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><GlobalPackageReference Include="Containerize" Version="{_workspace.Product.Version}" /></ItemGroup>
            </Project>
            """);
        _workspace.Write("App/Program.cs", Program);
        _workspace.Write("App/App.csproj", Project("<ItemGroup><ProjectReference Include=\"../Library/Library.csproj\" /></ItemGroup>"));
        _workspace.Write("Library/Class.cs", "public sealed class Class;\n");
        _workspace.Write("Library/Library.csproj", Project("").Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
        _workspace.Write("Shared/Class.cs", "public sealed class Shared { }\n");
        _workspace.Write("Shared/Shared.csproj", Project("").Replace("<OutputType>Exe</OutputType>", "<IsPublishable>false</IsPublishable>", StringComparison.Ordinal)
            .Replace("<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>", StringComparison.Ordinal));
        _workspace.Dotnet(_workspace.Path, null, "new", "sln", "-n", "Shop", "-f", Path.GetExtension(name).TrimStart('.')).Succeeded();
        _workspace.Dotnet(_workspace.Path, null, "sln", name, "add", "App/App.csproj", "Library/Library.csproj", "Shared/Shared.csproj").Succeeded();
    }
}
