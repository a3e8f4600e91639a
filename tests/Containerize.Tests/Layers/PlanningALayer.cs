using Containerize.Layers;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

public class PlanningALayer
{
    [Fact]
    public void OrdersByTheBytesOfUtf8AndAddsParents()
    {
        var spec = Spec(Text("b/c", ""), Text("a.txt", ""), Text("a/b", ""), Text("\uFF5E", ""), Text("\U0001F600", ""), Text("Z", ""), Text("a/b.c/d", ""));
        Assert.Equal(["Z", "a", "a.txt", "a/b", "a/b.c", "a/b.c/d", "b", "b/c", "\uFF5E", "\U0001F600"], spec.Entries.Select(e => e.Path));
        Assert.All(spec.Entries.Where(e => e.Path is "a" or "b" or "a/b.c"), e => Assert.Equal((EntryMode.Directory, 0, 0), (e.Mode, e.Uid, e.Gid)));
    }

    [Fact]
    public void KeepsTheParentThatIsGiven()
    {
        var spec = Spec(Text("app/data/x", ""), Folder("app/data", 0b111_000_000) with { Uid = 1654 });
        Assert.Equal([(EntryMode.Directory, 0), (0b111_000_000, 1654), (EntryMode.File, 0)], spec.Entries.Select(e => (e.Mode, e.Uid)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/app/x")]
    [InlineData("../x")]
    [InlineData("app/../../x")]
    [InlineData("app/./x")]
    [InlineData("app//x")]
    [InlineData("app/")]
    [InlineData("C:/x")]
    [InlineData("c:x")]
    [InlineData("app\\x")]
    [InlineData("app/x\0y")]
    [InlineData("app/.wh.x")]
    [InlineData(".wh.app/x")]
    [InlineData("app/.wh..wh..opq")]
    public void RefusesPathsThatAreNoPathsOfAnImage(string path) =>
        Assert.Equal(2002, Assert.Throws<ContainerizeException>(() => Spec(Text(path, ""))).Number);

    [Fact]
    public void RefusesPathsThatHaveNoUtf8Form() =>
        Assert.Equal(2002, Assert.Throws<ContainerizeException>(() => Spec(Text("app/\uD800x", ""))).Number);

    [Theory]
    [InlineData("a\nb")]
    [InlineData("-rf")]
    [InlineData("a\"b'c")]
    [InlineData("a .")]
    [InlineData("..a")]
    [InlineData("ab:c")]
    [InlineData("wh.x")]
    [InlineData("\uFFFD")]
    public void KeepsOddNames(string name) => Assert.Equal(name, Assert.Single(Spec(Text(name, "")).Entries).Path);

    [Fact]
    public void RefusesTwoEntriesOfOnePathAndNamesBothSources()
    {
        using var folder = new TemporaryFolder();
        var first = folder.Write("one/a.json", "1");
        var second = folder.Write("two/a.json", "2");
        var error = Assert.Throws<ContainerizeException>(() => Spec(OnDisk("app/a.json", first), OnDisk("app/a.json", second)));
        Assert.Equal(2001, error.Number);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesAFileInAFileAndALinkToNothing()
    {
        Assert.Equal(2007, Assert.Throws<ContainerizeException>(() => Spec(Text("a", ""), Text("a/b", ""))).Number);
        Assert.Equal(2007, Assert.Throws<ContainerizeException>(() => Spec(Link("a", "/etc"), Text("a/b/c", ""))).Number);
        Assert.Equal(2007, Assert.Throws<ContainerizeException>(() => Spec(Link("a", ""))).Number);
        Assert.Equal(2007, Assert.Throws<ContainerizeException>(() => Spec(Text("a", "", mode: 0b1_000_000_000_000))).Number);
    }

    [Fact]
    public void WarnsOfNamesThatDifferInCaseOnly()
    {
        var spec = Spec(Text("A.txt", ""), Text("a.txt", ""), Text("\u00e9", ""), Text("e\u0301", ""), Text("b", ""));
        Assert.Equal(5, spec.Entries.Count);
        Assert.StartsWith("'A.txt' and 'a.txt' differ", Assert.Single(spec.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void TakesTimesBefore1970AsTheirBeginning()
    {
        Assert.Equal(DateTimeOffset.UnixEpoch, LayerSpec.Create("x", [], DateTimeOffset.UnixEpoch.AddYears(-3)).ModifiedTime);
        Assert.Equal(1, LayerSpec.Create("x", []).ModifiedTime.ToUnixTimeSeconds());
    }

    [SkippableFact]
    public void ShowsTheBytesOfANameThatIsNotUtf8()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux has such names");
        using var folder = new TemporaryFolder();
        Tool.Run("bash", "-c", $"mkdir -p '{folder.Path}'/$'d\\xfe' && printf x > '{folder.Path}'/$'bad\\xff.txt' && printf x > '{folder.Path}'/$'d\\xfe/in.txt'");
        var seen = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).ToArray();
        var file = Assert.Single(seen);
        var direct = Assert.Throws<ContainerizeException>(() => DiskContent.Of(file));
        var planned = Assert.Throws<ContainerizeException>(() => Spec(Text("x", "") with { Path = "app/bad\uFFFD.txt", Content = new DiskContent(file, 1, 0) }));
        Assert.Equal((2005, 2005), (direct.Number, planned.Number));
        Assert.Equal(direct.Message, planned.Message);
        Assert.Contains($"the folder {folder.Path} ", direct.Message, StringComparison.Ordinal);
        Assert.Contains("'bad\\xff.txt'", direct.Message, StringComparison.Ordinal);
        var above = Assert.Throws<ContainerizeException>(() => DiskContent.Of(folder["d\uFFFD/in.txt"]));
        Assert.Contains("'d\\xfe'", above.Message, StringComparison.Ordinal);
        Tool.Run("rm", "-rf", folder.Path); // .NET cannot
    }

    [SkippableFact]
    public void RefusesPipesAndFoldersAsFilesAndDoesNotWaitForThem()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "mkfifo");
        using var folder = new TemporaryFolder();
        Tool.Run("mkfifo", folder["pipe"]);
        Assert.Equal(2006, Assert.Throws<ContainerizeException>(() => DiskContent.Of(folder["pipe"])).Number);
        Assert.Equal(2006, Assert.Throws<ContainerizeException>(() => DiskContent.Of("/dev/null")).Number);
        Assert.Equal(2006, Assert.Throws<ContainerizeException>(() => DiskContent.Of(folder.Path)).Number);
        Assert.Equal(2006, Assert.Throws<ContainerizeException>(() => Tar(Spec(Text("x", "") with { Content = new DiskContent(folder["pipe"], 0, 0) }))).Number);
        Assert.Equal(2003, Assert.Throws<ContainerizeException>(() => DiskContent.Of(folder["absent"])).Number);
    }
}
