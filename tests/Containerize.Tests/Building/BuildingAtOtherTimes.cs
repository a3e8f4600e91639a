using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Building;

/// <summary>The clock is wrong, or goes back between two builds: the image is the same, and what the cache has is still found.</summary>
public sealed class BuildingAtOtherTimes : IDisposable
{
    private readonly Builder _builder = new();

    [SkippableFact]
    public void GivesOneDigestAndMakesEachLayerOnce()
    {
        ToolRunner.Require("faketime");
        var project = _builder.Published("app");
        var now = _builder.Build("root", project);
        var made = Blobs();
        string[] times = ["2099-12-31 23:59:59", "1970-01-02 03:04:05", "2038-01-19 03:14:09"];
        Assert.Equal(
            string.Join('\n', times.Select(t => $"{t}: {now}, again {now}")),
            string.Join('\n', times.Select(t => $"{t}: {At(t, t)}, again {At(t, "root")}")));
        Assert.Equal(now, _builder.Build("root", project));
        Assert.Equal(made, Blobs());

        string At(string time, string root) =>
            _builder.Build(new Dictionary<string, string> { ["CONTAINERIZE_ROOT"] = _builder[root] }, ["faketime", time], project);
    }

    public void Dispose() => _builder.Dispose();

    // A layer that is made again is renamed over the one of before, so it would have another inode.
    private string Blobs() => Layers.Tool.Run("find", _builder["root/cache/layers/blobs"], "-type", "f", "-printf", "%p %i %s %T@\n");
}
