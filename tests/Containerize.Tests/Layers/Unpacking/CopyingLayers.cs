using Containerize.Layers.Unpacking;
using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>Unpacked layers as one tree: the same as their tars, applied one after the other.</summary>
public sealed class CopyingLayers
{
    private static readonly RawTar[] Tars =
    [
        new RawTar()
            .Folder("d", 0x1C0, owner: 4711).File("d/low", "1", 0x980, owner: 4711).File("both", "low").File("f").Folder("e/sub").File("e/sub/x")
            .File("linked", "one").HardLink("d/second", "linked").Link("to", "/etc/passwd").Link("link-then-folder", "d").Folder("folder-then-link/x").Folder("folder-then-file/x")
            .Entry('6', "fifo", mode: 0x1B6).Pax(("SCHILY.xattr.user.mine", "value")).File("with-attribute", "a").Folder("b\xE4d\xFF").File("b\xE4d\xFF/n\xFF", "not UTF-8"),
        new RawTar()
            .File("both", "up", 0x1ED).File(".wh.f").Folder("d", 0x1E8, owner: 12).File("d/.wh..wh..opq").File("d/up").File("new").Folder("e").File("e/.wh.sub").File("e/sub")
            .Folder("link-then-folder").File("link-then-folder/x").Link("folder-then-link", "nowhere").File("folder-then-file", "file").File(".wh.absent"),
        new RawTar().File("f", "again").HardLink("g", "f").File("linked", "other").Folder("e", 0x3FF, owner: 1).Folder("d", 0x1C0, owner: 4711).File("d/.wh.up"),
    ];

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void GivesWhatApplyingTheTarsGives(bool userAttributes)
    {
        using var expected = new Unpacked();
        using var copy = new Unpacked();
        var layers = Tars.Select(_ => new Unpacked()).ToList();
        try
        {
            foreach (var (tar, layer) in Tars.Zip(layers))
            {
                expected.Add(tar, UnpackForm.Applied);
                layer.Add(tar, userAttributes ? UnpackForm.UserOverlay : UnpackForm.Overlay);
            }

            var before = layers.Select(l => l.Tree(times: true)).ToList();
            LayerTreeCopy.Copy([.. layers.Select(l => l.Root)], copy.Root);
            Assert.Equal(expected.Tree(), copy.Tree());
            Assert.Equal(Attributes.Read(expected["with-attribute"], "user.mine"), Attributes.Read(copy["with-attribute"], "user.mine"));
            Assert.Null(Attributes.Read(copy["d"], "user.overlay.opaque") ?? Attributes.Read(copy["d"], "trusted.overlay.opaque"));
            // What is written into the copy is nothing that a layer sees.
            File.WriteAllText(copy["f"], "changed");
            Assert.Equal("changed", File.ReadAllText(copy["g"]));
            Assert.Equal(before, layers.Select(l => l.Tree(times: true)));
        }
        finally
        {
            layers.ForEach(l => l.Dispose());
        }
    }

    [SkippableFact]
    public void ALayerThatHidesAllStandsAlone()
    {
        using var lower = new Unpacked();
        using var upper = new Unpacked();
        using var copy = new Unpacked();
        lower.Add(Tars[0]);
        upper.Add(new RawTar().File(".wh..wh..opq").File("only"));
        LayerTreeCopy.Copy([lower.Root, upper.Root], copy.Root);
        Assert.Equal("-:only", copy.Paths());
    }
}
