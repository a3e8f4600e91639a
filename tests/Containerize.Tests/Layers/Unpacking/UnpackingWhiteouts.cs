using Containerize.Layers.Unpacking;
using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

public class UnpackingWhiteouts
{
    private static RawTar Lower => new RawTar().Folder("d").File("d/low", "1").Folder("d/sub").File("d/sub/low", "2").File("f", "3").Link("l", "d");

    [SkippableFact]
    public void BecomesDevicesForOverlays()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().File(".wh.f").Folder("d").File("d/.wh.low").File("new/.wh.x"));
        Assert.Equal(
            """
            d 0755 0:0 * - - d/
            c 0000 0:0 * - - d/low
            c 0000 0:0 * - - f
            d 0755 0:0 * - - new/
            c 0000 0:0 * - - new/x

            """,
            root.Tree());
        Assert.Equal("0,0", Tool.Run("stat", "-c", "%t,%T", root["f"]).Trim());
    }

    [SkippableTheory]
    [InlineData(UnpackForm.Overlay, "trusted.overlay.opaque")]
    [InlineData(UnpackForm.UserOverlay, "user.overlay.opaque")]
    public void BecomesAnAttributeForOverlaysWhateverTheOrder(UnpackForm form, string attribute)
    {
        foreach (var tar in (RawTar[])[
            new RawTar().Folder("d").File("d/.wh..wh..opq").File("d/own", "1"),
            new RawTar().File("d/own", "1").File("d/.wh..wh..opq").Folder("d"),
            new RawTar().File(".wh.d").File("d/own", "1").Folder("d"),
            new RawTar().File("d/own", "1").File(".wh.d"),
            new RawTar().File(".wh.d").Folder("d").File("d/own", "1")])
        {
            using var root = new Unpacked();
            root.Add(tar, form);
            Assert.Equal("d:d/ -:d/own", root.Paths());
            Assert.Equal("79", Attributes.Read(root["d"], attribute));
        }
    }

    [SkippableFact]
    public void LeavesWhatTheLayerHasItself()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().File("a", "1").File(".wh.a").File(".wh.b").File("b", "2").File(".wh.c").Link("c", "a"));
        Assert.Equal("-:a -:b l:c -> a", root.Paths());
    }

    [SkippableFact]
    public void SaysWhereTheRootIsOpaque()
    {
        using var root = new Unpacked();
        Assert.True(root.Add(new RawTar().File(".wh..wh..opq").File("a")).HidesAllBelow);
        Assert.Equal("-:a", root.Paths());
    }

    [SkippableFact]
    public void DeletesWhatLowerLayersHaveWhereLayersAreApplied()
    {
        using var root = new Unpacked();
        root.Add(Lower, UnpackForm.Applied);
        root.Add(new RawTar().File(".wh.f").File("d/.wh.low").File(".wh.absent").File("d/sub/.wh.x"), UnpackForm.Applied);
        Assert.Equal("d:d/ d:d/sub/ -:d/sub/low l:l -> d", root.Paths());
    }

    [SkippableFact]
    public void DeletesOnlyWhatLowerLayersHaveWhateverTheOrder()
    {
        foreach (var tar in (RawTar[])[
            new RawTar().Folder("d").File("d/.wh..wh..opq").File("d/own").File("d/sub/own"),
            new RawTar().File("d/own").File("d/sub/own").File("d/.wh..wh..opq").Folder("d"),
            new RawTar().File("l/own").File("d/sub/own").File("l/.wh..wh..opq"),
            new RawTar().File("d/own").File("d/sub/own").File(".wh.d"),
            new RawTar().File(".wh.d").File("d/own").File("d/sub/own")])
        {
            using var root = new Unpacked();
            root.Add(Lower, UnpackForm.Applied);
            root.Add(tar, UnpackForm.Applied);
            Assert.Equal("d:d/ -:d/own d:d/sub/ -:d/sub/own -:f l:l -> d", root.Paths());
        }
    }

    [SkippableFact]
    public void DeletesAllAtTheRoot()
    {
        using var root = new Unpacked();
        root.Add(Lower, UnpackForm.Applied);
        root.Add(new RawTar().File("x").File(".wh..wh..opq"), UnpackForm.Applied);
        Assert.Equal("-:x", root.Paths());
    }

    [SkippableTheory]
    [InlineData(UnpackForm.Overlay)]
    [InlineData(UnpackForm.Applied)]
    public void StaysInTheRootBehindLinks(UnpackForm form)
    {
        using var root = new Unpacked();
        var outside = Path.GetDirectoryName(root.Root)! + "/canary";
        root.Add(new RawTar().Link("out", "/..").Link("canary", "..").Folder("etc"), form);
        root.Add(new RawTar().File("out/etc/.wh.shadow").File("canary/.wh.etc"), form);
        root.Add(new RawTar().File("out/.wh..wh..opq"), form);
        Assert.Throws<ContainerizeException>(() => root.Add(new RawTar().Link("o", outside).File("o/.wh.etc"), form));
    }

    [SkippableTheory]
    [InlineData(".wh.")]
    [InlineData("d/.wh.")]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    [InlineData(".wh.x/y")]
    [InlineData("a/.wh.x/y")]
    public void IsAnErrorWhereItNamesNothing(string name)
    {
        using var root = new Unpacked();
        root.Fails(5002, new RawTar().File(name).Bytes);
    }

    [SkippableFact]
    public void PassesOverWhatIsOfAufs()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Folder(".wh..wh.plnk").File(".wh..wh.plnk/1.2", "x").File(".wh..wh.aufs", "y").File("a/.wh..wh.orph").File("b"));
        Assert.Equal("-:b", root.Paths());
    }
}
