using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>A publish folder with nothing in its files; one with no files is in <see cref="AskingForWhatCannotBe"/>.</summary>
public sealed class PublishingAlmostNothing : IDisposable
{
    private readonly Workspace _workspace = new();

    [SkippableFact]
    public void IsAnImageOfEmptyFiles()
    {
        var project = Path.Combine(_workspace.Copy("HelloConsole"), "HelloConsole.csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace("</Project>", $"""
              <PropertyGroup><ContainerLayoutOutputPath>{_workspace["layout"]}</ContainerLayoutOutputPath></PropertyGroup>
              <ItemGroup><ContainerEntrypoint Include="/app/none" /></ItemGroup>
              <Target Name="Empty" AfterTargets="Publish">
                <RemoveDir Directories="$(PublishDir)" />
                <MakeDir Directories="$(PublishDir)empty;$(PublishDir)data" />
                <Touch Files="$(PublishDir)none;$(PublishDir)data/none;$(PublishDir)HelloConsole.deps.json" AlwaysCreate="true" />
              </Target>
            </Project>
            """, StringComparison.Ordinal));
        var image = _workspace.Publish(project).Image.Read();
        Assert.Equal(["host", "app"], image.NamedLayers.Keys);
        // An empty folder is nothing that is published: ContainerWritableDirectory makes those.
        using var bundle = new Bundle(_workspace["layout"], "latest");
        var published = Path.Combine(Path.GetDirectoryName(project)!, "bin/Release/net10.0/publish");
        Directory.Delete(Path.Combine(published, "empty"));
        Assert.Equal(Bundle.Expected(published), bundle.Actual());
    }

    public void Dispose() => _workspace.Dispose();
}
