using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>The next build of what is unchanged: the same image, and no layer is made again.</summary>
public sealed class BuildingAgain(BuildingAgain.Published published) : IClassFixture<BuildingAgain.Published>
{
    public sealed class Published : Workspace
    {
        public Published()
        {
            Project = System.IO.Path.Combine(Copy("HelloConsole"), "HelloConsole.csproj");
            Digest = Publish(Project).Image.Digest;
            Layers = LayersNow();
        }

        public string Project { get; }

        public string Digest { get; }

        public string Layers { get; }

        /// <summary>The blobs of cache and store: a layer that is made again is renamed over the one of before, and so has another inode.</summary>
        public string LayersNow() =>
            Shell.Run("find", System.IO.Path.Combine(Root, "cache"), "-path", "*/blobs/*", "-type", "f", "-printf", "%P %i %s %T@\n").Succeeded();
    }

    [Fact]
    public void WithNothingChangedMakesNoLayer() => MakesNoLayer(() => published.Publish(published.Project));

    [Fact]
    public void WithNewTimesOnlyMakesNoLayer()
    {
        Shell.Run("find", Path.GetDirectoryName(published.Project)!, "-type", "f", "-exec", "touch", "{}", "+").Succeeded();
        MakesNoLayer(() => published.Publish(published.Project));
    }

    [Fact]
    public void AfterCleanMakesNoLayer()
    {
        published.Dotnet(Path.GetDirectoryName(published.Project)!, null, "clean", "-c", "Release").Succeeded();
        MakesNoLayer(() => published.Publish(published.Project));
    }

    [Fact]
    public void WithNoBuildSetMakesNoLayer() =>
        MakesNoLayer(() => published.Build(published.Project, null, "msbuild", published.Project, "-t:Containerize", "-p:Configuration=Release", "-p:NoBuild=true"));

    private void MakesNoLayer(Func<PublishResult> again)
    {
        Assert.NotEmpty(published.Layers);
        Assert.Equal(published.Digest, again().Image.Digest);
        Assert.Equal(published.Layers, published.LayersNow());
    }
}
