using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>What is in the package, and that its tasks have with them everything they load.</summary>
public sealed partial class LookingAtThePackage : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LookingAtThePackage() => ZipFile.ExtractToDirectory(PackedProduct.Instance.Package, _folder.Path);

    [Fact]
    public void HasTheFilesOfAnSdkAndAReference()
    {
        var files = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(_folder.Path, f))
            .Where(f => !f.StartsWith("package/", StringComparison.Ordinal) && !f.StartsWith("_rels/", StringComparison.Ordinal) && f != "[Content_Types].xml")
            .ToList();
        Assert.DoesNotContain(files, f => f.StartsWith("buildTransitive", StringComparison.Ordinal) || f.StartsWith("lib/", StringComparison.Ordinal));
        string[] needed =
        [
            "Sdk/Sdk.props", "Sdk/Sdk.targets", "build/Containerize.props", "build/Containerize.targets", "build/Containerize.Version.props",
            "buildMultiTargeting/Containerize.props", "buildMultiTargeting/Containerize.targets", "tasks/net10.0/Containerize.Tasks.dll",
            "tasks/net10.0/Containerize.Tasks.deps.json", "README.md", "LICENSE", "THIRD-PARTY-NOTICES.md",
        ];
        Assert.All(needed, n => Assert.Contains(n, files));
        Assert.DoesNotContain(files, f => Path.GetFileName(f).StartsWith("Microsoft.Build", StringComparison.Ordinal));
    }

    [Fact]
    public void HasNoDependenciesAndBothTypes()
    {
        var specification = File.ReadAllText(_folder["Containerize.nuspec"]);
        Assert.Contains("<packageType name=\"Dependency\"", specification, StringComparison.Ordinal);
        Assert.Contains("<packageType name=\"MSBuildSdk\"", specification, StringComparison.Ordinal);
        Assert.Contains("<developmentDependency>true</developmentDependency>", specification, StringComparison.Ordinal);
        Assert.DoesNotContain("<dependency ", specification, StringComparison.Ordinal);
    }

    [Fact]
    public void HasOneVersionWithBaseAndTool()
    {
        var product = PackedProduct.Instance;
        foreach (var id in new[] { "Containerize.Base.linux-x64", "Containerize.Base.linux-arm64", "Containerize.Testing", "dotnet-containerize" })
        {
            Assert.Equal($"{id}.{product.Version}.nupkg", Path.GetFileName(product.Find(id)));
        }

        Assert.Contains($"<ContainerizeVersion>{product.Version}<", File.ReadAllText(_folder["build/Containerize.Version.props"]), StringComparison.Ordinal);
    }

    [Fact]
    public void BringsEveryAssemblyThatItsTasksRefer()
    {
        var tasks = _folder["tasks/net10.0"];
        var framework = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!).ToHashSet();
        // MSBuild gives its own of these to every task.
        string[] host = ["Microsoft.Build.Framework", "Microsoft.Build.Utilities.Core"];
        var resolver = new AssemblyDependencyResolver(Path.Combine(tasks, "Containerize.Tasks.dll"));
        var missing = new List<string>();
        foreach (var file in Directory.EnumerateFiles(tasks, "*.dll"))
        {
            foreach (var reference in References(file))
            {
                if (!framework.Contains(reference.Name!) && !host.Contains(reference.Name)
                    && resolver.ResolveAssemblyToPath(reference) is var path
                    && path?.StartsWith(tasks, StringComparison.Ordinal) != true)
                {
                    missing.Add($"{Path.GetFileName(file)} refers to {reference.Name} {reference.Version}, which resolves to {path ?? "nothing"}");
                }
            }
        }

        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }

    [Fact]
    public void ListsWhatItBringsInItsDependencyFile()
    {
        var dependencies = JsonNode.Parse(File.ReadAllText(_folder["tasks/net10.0/Containerize.Tasks.deps.json"]))!;
        var listed = RuntimeFile().Matches(dependencies.ToJsonString()).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.All(Directory.EnumerateFiles(_folder["tasks/net10.0"], "*.dll"), f => Assert.Contains(Path.GetFileName(f), listed));
    }

    private static List<AssemblyName> References(string file)
    {
        using var assembly = new PEReader(File.OpenRead(file));
        var metadata = assembly.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName())];
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("""[/"]([A-Za-z0-9_.-]+\.dll)":""")]
    private static partial Regex RuntimeFile();
}
