using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>An edit moves the layers that it belongs to, and no others.</summary>
public sealed class ChangingOneThing : IDisposable
{
    private readonly Workspace _workspace = new();

    [Fact]
    public void MovesItsLayerOnly()
    {
        var project = Path.Combine(_workspace.Copy("WithProjectAndPackages"), "App");
        var before = Layers(project);
        Assert.Equal(before, Layers(project));

        Edit("App/Program.cs", "\"tea\"", "\"milk\"");
        Moves(project, "app");

        Edit("Domain/Prices.cs", "2.5m", "3.5m");
        Moves(project, "project-references");

        _workspace.Write("WithProjectAndPackages/App/wwwroot/new.txt", "new");
        Moves(project, "static-content");

        void Moves(string of, params string[] layers)
        {
            var after = Layers(of);
            Assert.Equal(layers, after.Where(l => before[l.Key] != l.Value).Select(l => l.Key));
            before = after;
        }
    }

    [Fact]
    public void ACommentMovesNothingWhereThereIsNoPdb()
    {
        // A pdb has a checksum of each source file, and the assembly has the pdb's; without one a comment is nothing.
        var project = Path.Combine(_workspace.Copy("WithProjectAndPackages"), "App");
        var before = Layers(project, "-p:DebugType=none");
        Edit("App/Program.cs", "app.Run();", "app.Run(); // at last");
        Assert.Equal(before, Layers(project, "-p:DebugType=none"));
    }

    [Theory]
    [InlineData("none", "packages", "host")]
    [InlineData("portable", "packages", "host", "app")]
    public void APackageBumpMovesThePackagesAndWhatListsThem(string pdb, params string[] moved)
    {
        // The host's layer has deps.json, which names the version. A pdb has a record of every referenced assembly, and the app's assembly has
        // the pdb's checksum; without a pdb the app itself stays.
        var project = Path.Combine(_workspace.Copy("WithProjectAndPackages"), "App");
        Edit("App/App.csproj", "\"Newtonsoft.Json\" Version=\"13.0.4\"", "\"Newtonsoft.Json\" Version=\"13.0.3\"");
        var before = Layers(project, $"-p:DebugType={pdb}");
        Edit("App/App.csproj", "\"Newtonsoft.Json\" Version=\"13.0.3\"", "\"Newtonsoft.Json\" Version=\"13.0.4\"");
        var after = Layers(project, $"-p:DebugType={pdb}");
        Assert.Equal(moved, after.Where(l => before[l.Key] != l.Value).Select(l => l.Key));
    }

    [Fact]
    public void GoingBackGivesTheImageOfBefore()
    {
        // The older package's file is older than the newer's copy in the publish folder, so Publish alone would leave that there.
        var project = Path.Combine(_workspace.Copy("WithProjectAndPackages"), "App");
        Edit("App/App.csproj", "\"Newtonsoft.Json\" Version=\"13.0.4\"", "\"Newtonsoft.Json\" Version=\"13.0.3\"");
        _workspace.Write("WithProjectAndPackages/App/wwwroot/gone.txt", "gone");
        var before = Layers(project);
        Edit("App/App.csproj", "\"Newtonsoft.Json\" Version=\"13.0.3\"", "\"Newtonsoft.Json\" Version=\"13.0.4\"");
        File.Delete(_workspace["WithProjectAndPackages/App/wwwroot/gone.txt"]);
        Assert.NotEqual(before, Layers(project));
        Edit("App/App.csproj", "\"Newtonsoft.Json\" Version=\"13.0.4\"", "\"Newtonsoft.Json\" Version=\"13.0.3\"");
        _workspace.Write("WithProjectAndPackages/App/wwwroot/gone.txt", "gone");
        Assert.Equal(before, Layers(project));
    }

    [Fact]
    public void TheSamePackagesAreOneLayerInEveryProject()
    {
        string[] apps = ["One", "Two"];
        var layers = apps.Select(app =>
        {
            _workspace.Write($"{app}/Program.cs", $"System.Console.WriteLine(Dapper.SqlMapper.Identity.Equals(1, 2) + \"{app}\");\n");
            _workspace.Write($"{app}/{app}.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="Containerize" Version="{_workspace.Product.Version}" />
                    <PackageReference Include="Dapper" Version="2.1.86" />
                  </ItemGroup>
                </Project>
                """);
            return Layers(_workspace[app]);
        }).ToList();
        Assert.Equal(layers[0]["packages"], layers[1]["packages"]);
        Assert.NotEqual(layers[0]["app"], layers[1]["app"]);
    }

    public void Dispose() => _workspace.Dispose();

    private Dictionary<string, string> Layers(string project, params string[] arguments) => new(_workspace.Publish(project, arguments).Image.Read().NamedLayers);

    private void Edit(string file, string from, string to)
    {
        var path = _workspace[$"WithProjectAndPackages/{file}"];
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }
}
