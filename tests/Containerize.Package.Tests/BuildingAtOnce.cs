using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>Several publishes at once with one cache, one store and one package folder. CONTAINERIZE_SLOW_TESTS=1 starts 8 in place of 3.</summary>
public sealed class BuildingAtOnce : IDisposable
{
    private static readonly int Publishes = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1" ? 8 : 3;
    private readonly Workspace _workspace = new();

    [Fact]
    public async Task GivesOneDigestForEachProject()
    {
        // Each in a folder of its own, as MSBuild itself does not share obj; every second one is another project.
        var projects = Enumerable.Range(0, Publishes).Select(i => Project($"copy{i}", i % 2 == 0 ? "tea" : "coffee")).ToList();
        var digests = await Task.WhenAll(projects.Select(p => Task.Factory.StartNew(
            () => _workspace.Publish(p).Image.Digest, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var elsewhere = new Dictionary<string, string?> { ["CONTAINERIZE_ROOT"] = _workspace["alone"] };
        var alone = projects.Take(2).Select(p => _workspace.Publish(p, elsewhere, "--no-build").Image.Digest).ToList();
        Assert.NotEqual(alone[0], alone[1]);
        Assert.Equal(Enumerable.Range(0, Publishes).Select(i => alone[i % 2]), digests);
        Assert.Equal(Blobs("alone"), Blobs("root"));
    }

    public void Dispose() => _workspace.Dispose();

    private string Project(string folder, string says)
    {
        var project = _workspace.Copy("HelloConsole", $"{folder}/HelloConsole");
        File.WriteAllText(Path.Combine(project, "Program.cs"), $"Console.WriteLine(\"{says}\");\n");
        return Path.Combine(project, "HelloConsole.csproj");
    }

    // Layers of the embedded base too; nothing is there twice, and nothing half.
    private IEnumerable<string> Blobs(string root) =>
        Directory.EnumerateFiles(_workspace[$"{root}/cache/layers/blobs"], "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
