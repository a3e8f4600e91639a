using Containerize.Containers;
using Containerize.Testing;
using Containerize.Tool.Containers;
using Xunit;

namespace Containerize.Tool.Tests;

/// <summary>Which files' changes make <c>run --watch</c> publish again.</summary>
public sealed class WatchingSources
{
    private static readonly StagedSources Sources = new() { Folders = ["/s/App", "/s/Domain"], Files = ["/s/Directory.Build.props"], Outputs = ["/s/App/out/"] };

    [Theory]
    [InlineData("/s/App/Program.cs", true)]
    [InlineData("/s/App/Pages/Index.cshtml", true)]
    [InlineData("/s/App/App.csproj", true)]
    [InlineData("/s/App/wwwroot/css/site.css", true)]
    [InlineData("/s/App/.editorconfig", true)]
    [InlineData("/s/Domain/binary.cs", true)]
    [InlineData("/s/Directory.Build.props", true)]
    [InlineData("/s/App/bin/Release/net10.0/App.dll", false)]
    [InlineData("/s/Domain/obj/project.assets.json", false)]
    [InlineData("/s/App/out/App.dll", false)]
    [InlineData("/s/App/node_modules/x/index.js", false)]
    [InlineData("/s/App/.git/index", false)]
    [InlineData("/s/App/.vs/App/v17/.suo", false)]
    [InlineData("/s/App/.Program.cs.swp", false)]
    [InlineData("/s/App/Program.cs~", false)]
    [InlineData("/s/App/#Program.cs#", false)]
    [InlineData("/s/App/4913", false)]
    public void SomeFilesAreNobodysSource(string path, bool isSource) => Assert.Equal(isSource, SourceWatch.IsSource(Sources, path));

    [Fact]
    public async Task SeveralChangesAtOnceAreOne()
    {
        using var folder = new TemporaryFolder();
        folder.Write("App/Program.cs", "1");
        folder.Write("Shared.props", "1");
        folder.Write("Other.props", "1");
        using var watch = new SourceWatch(new StagedSources { Folders = [folder["App"]], Files = [folder["Shared.props"]] });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var next = watch.NextAsync(limit.Token);
        folder.Write("App/bin/App.dll", "x");
        folder.Write("Other.props", "2");
        folder.Write("App/Program.cs.new", "2");
        File.Move(folder["App/Program.cs.new"], folder["App/Program.cs"], overwrite: true);
        Assert.Equal(folder["App/Program.cs"], await next);
        folder.Write("Shared.props", "2");
        // A late word of the file before may come first.
        string changed;
        while ((changed = await watch.NextAsync(limit.Token)) == folder["App/Program.cs"])
        {
        }

        Assert.Equal(folder["Shared.props"], changed);
    }

    [Fact]
    public async Task WaitingCanBeEnded()
    {
        using var folder = new TemporaryFolder();
        using var watch = new SourceWatch(new StagedSources { Folders = [folder.Folder("App")] });
        using var stop = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.NextAsync(stop.Token));
    }
}
