using Containerize.Planning;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Planning;

public sealed class ReadingThePublishFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RefusesAFolderThatIsNotThere() => Assert.Equal(1020, Failure(_folder["absent"]));

    [Fact]
    public void RefusesAnEmptyFolder() => Assert.Equal(1020, Failure(_folder.Folder("empty")));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret")]
    [InlineData("sub/../../secret")]
    public void RefusesALinkThatLeavesIt(string target)
    {
        _folder.Write("secret", "x");
        _folder.Write("publish/sub/file", "x");
        File.CreateSymbolicLink(_folder["publish/link"], target);

        Assert.Equal(1021, Failure(_folder["publish"]));
    }

    [Fact]
    public void RefusesALinkThatLeavesItThroughAnother()
    {
        _folder.Write("secret", "x");
        _folder.Folder("publish");
        File.CreateSymbolicLink(_folder["publish/second"], "../secret");
        File.CreateSymbolicLink(_folder["publish/first"], "second");

        Assert.Equal(1021, Failure(_folder["publish"]));
    }

    [Fact]
    public void KeepsALinkInsideIt()
    {
        _folder.Write("publish/libx.so.1", "x");
        File.CreateSymbolicLink(_folder["publish/libx.so"], "libx.so.1");

        var output = PublishOutput.Scan(_folder["publish"], [], []);

        Assert.Equal(["libx.so -> libx.so.1", "libx.so.1 -> "], output.Files.Select(f => $"{f.RelativePath} -> {f.LinkTarget}"));
    }

    [SkippableFact]
    public void RefusesAPipeAndDoesNotWaitForIt()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "pipes are made with mkfifo, on Linux");
        _folder.Folder("publish");
        using var made = System.Diagnostics.Process.Start("mkfifo", [_folder["publish/pipe"]]);
        made.WaitForExit();

        Assert.Equal(1022, Failure(_folder["publish"]));
    }

    private static int Failure(string folder) => Assert.Throws<ContainerizeException>(() => PublishOutput.Scan(folder, [], [])).Number;
}
