using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>Names and links that lead out of the root: a canary beside it is the same before and after.</summary>
public class UnpackingHostileNames
{
    [SkippableTheory]
    [InlineData("../canary/x")]
    [InlineData("../../../../../../canary/x")]
    [InlineData("a/../../canary/x")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("/../canary/x")]
    public void AreRefusedWhereTheyClimb(string name)
    {
        using var root = new Unpacked();
        var failure = root.Fails(5002, new RawTar().File(name, "evil").Bytes);
        Assert.Contains("'..'", failure.Message, StringComparison.Ordinal);
        Assert.Equal("", root.Paths());
    }

    [SkippableFact]
    public void AreRelativeToTheRoot()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Folder("./").File("/etc/x").File("./b//./c").File(@"C:\x").Folder("/"));
        Assert.Equal(@"-:C:\\x d:b/ -:b/c d:etc/ -:etc/x", root.Paths());
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("/")]
    public void AreNoFileWhereTheyAreTheRoot(string name)
    {
        using var root = new Unpacked();
        root.Fails(5002, new RawTar().Pax(("path", name)).Entry('2', name, link: "/etc").Bytes);
        Assert.Equal("", root.Paths());
    }

    [SkippableFact]
    public void MayNotHaveAZero()
    {
        using var root = new Unpacked();
        root.Fails(5001, new RawTar().Pax(("path", "a\0b")).File("x").Bytes);
        root.Fails(5001, new RawTar().Pax(("linkpath", "a\0b")).Link("x", "y").Bytes);
        root.Fails(5001, new RawTar().Pax(("SCHILY.xattr.user.a\0b", "1")).File("x").Bytes);
    }

    [SkippableTheory]
    [InlineData("/")]
    [InlineData("../../..")]
    [InlineData("/../../..")]
    public void StayInTheRootBehindALink(string target)
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Link("d", target).File("d/x", "evil").File("d/etc/y", "evil"));
        Assert.Equal("l:d -> " + target + " d:etc/ -:etc/y -:x", root.Paths());
    }

    [SkippableFact]
    public void StayInTheRootBehindAChainOfLinks()
    {
        using var root = new Unpacked();
        var outside = Path.GetDirectoryName(root.Root)! + "/canary";
        root.Fails(5002, new RawTar().Link("a", "b").Link("b", "c/../..").Link("c", outside).File("c/x", "evil").Bytes);
        root.Add(new RawTar().Folder("e").Link("a", "e/b").Link("e/b", "../f/c").Folder("f").Link("f/c", "/g/../../../g").Folder("g").File("a/x", "evil"));
        Assert.Contains("-:g/x", root.Paths(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void DoNotWriteThroughALinkOfTheSameName()
    {
        using var root = new Unpacked();
        var outside = Path.GetDirectoryName(root.Root)! + "/canary/etc/shadow";
        root.Add(new RawTar().Link("a", outside).File("a", "mine").Link("b", outside).Folder("b").Link("c", outside).Entry('6', "c").Link("d", outside).HardLink("d", "a"));
        Assert.Equal("-:a d:b/ p:c -:d", root.Paths());
    }

    [SkippableTheory]
    [InlineData("../canary/etc/shadow")]
    [InlineData("a/../../canary/etc/shadow")]
    [InlineData("/etc/shadow")]
    [InlineData("out/shadow")]
    [InlineData("root/etc/shadow")]
    public void GiveNoHardLinkToWhatIsOutside(string target)
    {
        using var root = new Unpacked();
        var outside = Path.GetDirectoryName(root.Root)! + "/canary/etc";
        Directory.CreateDirectory(root["etc2"]);
        root.Fails(5002, new RawTar().Link("out", outside).Link("root", "/").HardLink("x", target).Bytes);
        Assert.False(File.Exists(root["x"]));
    }

    [SkippableFact]
    public void LinkTheLinkAndNotWhatItLeadsTo()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Link("a", "/etc/shadow").HardLink("b", "a").Entry('1', "c", link: "b"));
        Assert.Equal("l:a -> /etc/shadow l:b -> /etc/shadow l:c -> /etc/shadow", root.Paths());
    }

    [SkippableFact]
    public void AreAsInAnyImageWhereLinksAreAbsolute()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Folder("usr/lib").Link("lib", "/usr/lib").File("lib/libc.so", "elf").Link("var/run", "/run").Folder("run").File("var/run/pid", "1").HardLink("hard", "lib/libc.so"));
        Assert.Equal("-:hard l:lib -> /usr/lib d:run/ -:run/pid d:usr/ d:usr/lib/ -:usr/lib/libc.so d:var/ l:var/run -> /run", root.Paths());
    }

    [SkippableFact]
    public void CanBeReplacedHoweverDeepLinksMakeThem()
    {
        using var root = new Unpacked();
        var deep = string.Concat(Enumerable.Repeat("a/", 45));
        var tar = new RawTar().Folder("top/" + deep).Link("l0", "top/" + deep);
        for (var i = 0; i < 30; i++)
        {
            // Forty links on one way are all that the kernel follows.
            tar.File($"l{i}/{deep}.moved-0", "x").Link($"l{i + 1}", $"l{i}/{deep}");
        }

        root.Add(tar);
        root.Add(new RawTar().File("top", "now a file"));
        Assert.Equal("now a file", File.ReadAllText(root["top"]));
    }

    [SkippableFact]
    public void CannotBeTurnedAsideWhileTheyAreUsed()
    {
        using var root = new Unpacked();
        var outside = Path.GetDirectoryName(root.Root)! + "/canary/etc";
        using var stop = new CancellationTokenSource();
        // Another thread swaps a directory for a link to the canary, and back.
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Tool.Run("sh", "-c", $"cd '{root.Root}' && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do mv -T d e 2>/dev/null; ln -s '{outside}' d 2>/dev/null; rm -f d; mv -T e d 2>/dev/null; done; true");
            }
        });
        var tar = new RawTar().Folder("d");
        for (var i = 0; i < 2000; i++)
        {
            tar.File("d/shadow", "evil").Link("z", "d").File("z", "x").File("d/passwd", "evil");
        }

        for (var round = 0; round < 10; round++)
        {
            try
            {
                root.Add(tar);
            }
            catch (ContainerizeException)
            {
                // The directory was away; the canary is compared all the same.
            }
        }

        stop.Cancel();
        swapping.Wait();
    }
}
