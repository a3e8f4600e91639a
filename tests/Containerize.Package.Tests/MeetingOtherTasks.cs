using System.Reflection;
using System.Reflection.Emit;
using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>Another package's task runs in the same build and has other versions of the libraries that ours have.</summary>
public sealed class MeetingOtherTasks : IDisposable
{
    private static readonly string[] Shared = ["Containerize", "NuGet.Protocol", "NuGet.Versioning", "ZstdSharp"];
    private readonly Workspace _workspace = new();

    [Fact]
    public void KeepsEachToItsOwnLibraries()
    {
        Other();
        var project = Path.Combine(_workspace.Copy("HelloConsole"), "HelloConsole.csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace("</Project>", """
              <PropertyGroup><ContainerCompression>zstd</ContainerCompression></PropertyGroup>
              <UsingTask TaskName="Other.Libraries" AssemblyFile="../Other/out/Other.dll" />
              <Target Name="OtherBefore" BeforeTargets="Containerize" Condition="'$(Other)' != 'false'"><Libraries When="before" /></Target>
              <Target Name="OtherAfter" AfterTargets="Containerize" Condition="'$(Other)' != 'false'"><Libraries When="after" /></Target>
            </Project>
            """, StringComparison.Ordinal));
        // A package folder that lacks the embedded base, so that our task needs NuGet's libraries; zstd needs ZstdSharp.
        var variables = new Dictionary<string, string?> { ["NUGET_PACKAGES"] = _workspace["packages"] };
        var together = _workspace.Publish(project, variables, "-v:n");
        Assert.Equal("application/vnd.oci.image.layer.v1.tar+zstd", together.Image.Read().Manifest["layers"]!.AsArray()[^1]!["mediaType"]!.GetValue<string>());
        Assert.Contains("Fetched Containerize.Base.linux-", together.Output, StringComparison.Ordinal);
        foreach (var library in Shared)
        {
            Assert.Contains($"before: {library}, Version=99.0.0.0", together.Output, StringComparison.Ordinal);
            Assert.Contains($"after: {library}, Version=99.0.0.0", together.Output, StringComparison.Ordinal);
        }

        var alone = new Dictionary<string, string?> { ["CONTAINERIZE_ROOT"] = _workspace["alone"] };
        Assert.Equal(together.Image.Digest, _workspace.Publish(project, alone, "--no-build", "-p:Other=false").Image.Digest);
    }

    public void Dispose() => _workspace.Dispose();

    // Assemblies of these names in which there is nothing at all: who gets one by mistake fails.
    private void Other()
    {
        _workspace.Write("Other/Libraries.cs", $$"""
            namespace Other;

            public sealed class Libraries : Microsoft.Build.Utilities.Task
            {
                public string When { get; set; } = "";

                public override bool Execute()
                {
                    foreach (var name in "{{string.Join(' ', Shared)}}".Split(' '))
                    {
                        var library = System.Reflection.Assembly.Load(new System.Reflection.AssemblyName(name + ", Version=99.0.0.0"));
                        Log.LogMessage(Microsoft.Build.Framework.MessageImportance.High, "{0}: {1}", When, library.FullName);
                    }

                    return true;
                }
            }
            """);
        _workspace.Write("Other/Other.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>
                <Reference Include="$(MSBuildToolsPath)/Microsoft.Build.Framework.dll;$(MSBuildToolsPath)/Microsoft.Build.Utilities.Core.dll" Private="false" />
              </ItemGroup>
            </Project>
            """);
        _workspace.Dotnet(_workspace["Other"], null, "build", "-o", _workspace["Other/out"]).Succeeded();
        foreach (var library in Shared)
        {
            var assembly = new PersistedAssemblyBuilder(new AssemblyName(library) { Version = new Version(99, 0, 0, 0) }, typeof(object).Assembly);
            assembly.DefineDynamicModule(library);
            assembly.Save(_workspace[$"Other/out/{library}.dll"]);
        }
    }
}
