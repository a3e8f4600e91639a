using Xunit;

namespace Containerize.Tests.Building;

/// <summary>Several processes build at once with one cache and one store. CONTAINERIZE_SLOW_TESTS=1 starts 8 in place of 3.</summary>
public sealed class BuildingAtOnce : IDisposable
{
    private static readonly int Processes = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1" ? 8 : 3;
    private readonly Builder _builder = new();

    [Fact]
    public void GivesOneDigestForEachProject()
    {
        // Every second process builds the other project.
        string[] projects = [_builder.Published("tea", 2_000_000), _builder.Published("coffee", 2_000_000)];
        string[] alone = [_builder.Build("alone", projects[0]), _builder.Build("alone", projects[1])];
        Assert.NotEqual(alone[0], alone[1]);
        using var watch = new BlobWatch(_builder["shared"]);
        var running = Enumerable.Range(0, Processes).Select(i => _builder.Start("shared", projects[i % 2])).ToList();
        var built = running.Select(r => r.End()).ToList();
        running.ForEach(r => r.Dispose());
        Assert.Equal(Enumerable.Range(0, Processes).Select(i => alone[i % 2]), built);
        Assert.Empty(watch.Damaged());
        // Each layer is there once, and nothing else is: nobody gave up waiting and left something half.
        Assert.Equal(Blobs("alone"), Blobs("shared"));
    }

    public void Dispose() => _builder.Dispose();

    private IEnumerable<string> Blobs(string root) =>
        Directory.EnumerateFiles(_builder[$"{root}/cache/layers/blobs"], "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
