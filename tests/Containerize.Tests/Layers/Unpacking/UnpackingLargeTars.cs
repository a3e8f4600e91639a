using Containerize.Layers.Unpacking;
using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>What is counted is the whole process's, so nothing runs beside it.</summary>
[CollectionDefinition(nameof(UnpackingLargeTars), DisableParallelization = true)]
[Collection(nameof(UnpackingLargeTars))]
public sealed class UnpackingLargeTars
{
    [SkippableFact]
    public void NeedsNoMoreMemoryForMoreBytes()
    {
        using var root = new Unpacked();
        var tar = new RawTar().File("zeros", new string('\0', 48 << 20)).Bytes;
        var gzip = Unpacked.Gzip(tar);
        root.Add(new RawTar().File("warm", new string('\0', 4 << 20)));
        var layer = Unpacked.LayerOf(tar, gzip);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        new LayerUnpacker(UnpackForm.Overlay, UnpackLimits.Default).Unpack(layer, new MemoryStream(gzip), root.Root, default);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 << 20);
    }
}
