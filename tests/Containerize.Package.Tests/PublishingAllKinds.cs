using System.Text.Json.Nodes;
using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>Every kind of publish: the image has what was published, and it starts.</summary>
public sealed class PublishingAllKinds : IDisposable
{
    private readonly Workspace _workspace = new();

    [SkippableTheory]
    [InlineData("self-contained", "--self-contained")]
    [InlineData("single-file", "-p:PublishSingleFile=true", "--self-contained")]
    public void AConsoleApp(string kind, params string[] arguments) => PublishesAndRuns("HelloConsole", kind, arguments);

    [SkippableTheory]
    [InlineData("framework-dependent")]
    [InlineData("single-file-fdd", "-p:PublishSingleFile=true", "--no-self-contained")]
    [InlineData("ready-to-run", "-p:PublishReadyToRun=true", "--no-self-contained")]
    [InlineData("trimmed", "-p:PublishTrimmed=true", "--self-contained")]
    public void AConsoleAppInOtherWays(string kind, params string[] arguments)
    {
        if (kind != "ready-to-run")
        {
            SlowTests.Only();
        }

        PublishesAndRuns("HelloConsole", kind, arguments);
    }

    [SkippableFact]
    public void NativeAot()
    {
        var compiler = Shell.Has("clang") ? "clang" : "gcc";
        Skip.IfNot(Shell.Has(compiler), "clang and gcc are missing");
        PublishesAndRuns("NativeAot", "aot", [$"-p:CppCompilerAndLinker={compiler}"], "Hello from native code in a container!");
    }

    [SkippableFact]
    public void AWorker()
    {
        SlowTests.Only();
        var project = _workspace.Copy("Worker");
        var image = _workspace.Publish(project, $"-p:ContainerLayoutOutputPath={_workspace["worker"]}").Image;
        Assert.Equal(["/app/Worker"], image.Read().Settings["Entrypoint"]!.AsArray().Select(e => e!.GetValue<string>()));
        Assert.Equal(["packages", "host", "app"], image.Read().NamedLayers.Keys);
    }

    [SkippableFact]
    public void AProjectReferenceTenPackagesAndANativeLibrary()
    {
        _workspace.Copy("WithProjectAndPackages");
        var project = _workspace["WithProjectAndPackages/App"];
        var image = _workspace.Publish(project, $"-p:ContainerLayoutOutputPath={_workspace["shop"]}").Image;
        Assert.Equal(["packages", "project-references", "host", "static-content", "app"], image.Read().NamedLayers.Keys);
        Assert.Equal("Shop.Domain.dll,Shop.Domain.pdb", string.Join(',', FilesOf(image, "project-references")));
        Assert.Contains("runtimes/linux-x64/native/libe_sqlite3.so", FilesOf(image, "packages"));
        using var bundle = new Bundle(_workspace["shop"], "latest");
        Assert.Equal(Bundle.Expected(Path.Combine(project, "bin/Release/net10.0/publish"), "Shop.Api"), bundle.Actual());
        var answer = JsonNode.Parse(bundle.Ask("/"))!;
        Assert.Equal(2.5m, answer["Price"]!.GetValue<decimal>());
        Assert.StartsWith("3.", answer["Sqlite"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    public void Dispose() => _workspace.Dispose();

    private static List<string> FilesOf(ContainerizedImage image, string layer) =>
    [
        .. image.Read().Dump(image.Read().NamedLayers[layer]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ', 7)).Where(f => f[0] == "-").Select(f => f[6]["app/".Length..]),
    ];

    private void PublishesAndRuns(string asset, string kind, string[] arguments, string says = "Hello from a container, you!")
    {
        var project = _workspace.Copy(asset);
        string[] rid = kind == "framework-dependent" ? [] : ["-r", "linux-x64"];
        var image = _workspace.Publish(project, [$"-p:ContainerLayoutOutputPath={_workspace["layout"]}", "-o", _workspace["out"], .. rid, .. arguments]).Image;
        var self = kind is not ("framework-dependent" or "single-file-fdd" or "ready-to-run");
        // A self-contained app brings its runtime, so the base has none.
        Assert.Equal(self ? 1 : 2, image.Layers.Count - image.Read().NamedLayers.Count);
        using var bundle = new Bundle(_workspace["layout"], "latest");
        string[] programs = File.Exists(_workspace["out/createdump"]) ? [asset, "createdump"] : [asset];
        Assert.Equal(Bundle.Expected(_workspace["out"], programs), bundle.Actual());
        Assert.Contains(says, bundle.Run("you").Succeeded(), StringComparison.Ordinal);
    }
}
