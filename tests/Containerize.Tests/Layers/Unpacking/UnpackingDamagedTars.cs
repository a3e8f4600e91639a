using Containerize.Layers.Compression;
using Containerize.Layers.Unpacking;
using Containerize.Oci;
using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

public class UnpackingDamagedTars
{
    public static TheoryData<string> Headers => new(Wrong.Keys);

    private static Dictionary<string, Action<byte[]>> Wrong => new()
    {
        ["a size of 2^63"] = b => new byte[] { 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0 }.CopyTo(b, 124),
        ["a size of 2^80"] = b => new byte[] { 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }.CopyTo(b, 124),
        ["a negative size"] = b => Enumerable.Repeat((byte)0xFF, 12).ToArray().CopyTo(b, 124),
        ["garbage for a size"] = b => RawTar.Put(b, 124, "12x45678901", 11),
        ["digits that are not octal"] = b => RawTar.Put(b, 124, "00000000080", 11),
        ["garbage for an owner"] = b => RawTar.Put(b, 108, "????????", 8),
        ["an owner of -1"] = b => Enumerable.Repeat((byte)0xFF, 8).ToArray().CopyTo(b, 108),
        ["a wrong checksum"] = b => RawTar.Put(b, 148, "0012345\0", 8),
        ["garbage for a checksum"] = b => RawTar.Put(b, 148, "checksum", 8),
    };

    [SkippableTheory]
    [MemberData(nameof(Headers))]
    public void FailsForAHeaderWith(string wrong)
    {
        using var root = new Unpacked();
        root.Fails(5001, new RawTar().Entry('0', "a", change: Wrong[wrong]).Bytes);
    }

    [SkippableTheory]
    [InlineData("5 a=b\n")]
    [InlineData("99999 a=b\n")]
    [InlineData("99999999999999999999 a=b\n")]
    [InlineData("-6 a=b\n")]
    [InlineData("6 a=bc")]
    [InlineData("6 ab\n\n")]
    [InlineData("5 =b\n")]
    [InlineData("10 size=-\n")]
    [InlineData("11 size=-1\n")]
    [InlineData("13 mtime=x.y\n")]
    public void FailsForARecordOf(string record)
    {
        using var root = new Unpacked();
        root.Fails(5001, new RawTar().Entry('x', "pax", content: record).File("a").Bytes);
    }

    [SkippableFact]
    public void FailsWhereItIsCut()
    {
        using var root = new Unpacked();
        var tar = new RawTar().File("a", new string('x', 2000)).Unended;
        foreach (var length in (int[])[1, 511, 513, 700, 2100, 2511, tar.Length - 1])
        {
            root.Fails(5001, tar[..length]);
        }
    }

    [SkippableFact]
    public void TakesAnEndInAnyForm()
    {
        foreach (var end in (byte[][])[[], new byte[512], new byte[1024], new byte[10240], [.. new byte[1024], .. "garbage"u8], [.. new byte[1024], .. new RawTar().File("b").Bytes]])
        {
            using var root = new Unpacked();
            var tar = new RawTar().File("a", "1").Raw(end).Unended;
            root.Add(tar);
            Assert.Equal("-:a", root.Paths());
        }
    }

    [SkippableFact]
    public void FailsWhereOneBlockOfZerosHidesEntries()
    {
        using var root = new Unpacked();
        root.Fails(5001, new RawTar().File("a").Raw(new byte[512]).File("b").Bytes);
    }

    [SkippableFact]
    public void HashesWhatFollowsTheEnd()
    {
        using var root = new Unpacked();
        var tar = new RawTar().File("a").Bytes;
        byte[] longer = [.. tar, .. new byte[512]];
        var layer = Unpacked.LayerOf(tar) with { Descriptor = Descriptor.Of(MediaTypes.OciLayer, longer) };
        var failure = Assert.Throws<ContainerizeException>(
            () => new LayerUnpacker(UnpackForm.Overlay, UnpackLimits.Default).Unpack(layer, new MemoryStream(longer), root.Root, default));
        Assert.Equal(5004, failure.Number);
        Assert.Contains(Digest.Of(longer).ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Contains(Digest.Of(tar).ToString(), failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void IsLimitedInEntriesPathsDepthAndHeaders()
    {
        using var root = new Unpacked();
        var three = new RawTar().File("a").File("b").File("c").Bytes;
        root.Add(three, limits: new UnpackLimits { MaxEntries = 3 });
        root.Fails(5003, three, new UnpackLimits { MaxEntries = 2 });
        root.Fails(5003, new RawTar().File("a/b/c").Bytes, new UnpackLimits { MaxDepth = 2 });
        root.Fails(5003, new RawTar().File("abc").Bytes, new UnpackLimits { MaxPathBytes = 2 });
        root.Fails(5003, new RawTar().Link("a", "bcd").Bytes, new UnpackLimits { MaxPathBytes = 2 });
        root.Fails(5003, new RawTar().Pax(("comment", new string('x', 1 << 20))).File("d").Bytes);
        root.Fails(5003, new RawTar().Entry('L', "n", content: new string('x', 5000)).File("d").Bytes);
        root.Fails(5003, new RawTar().Pax(("path", string.Concat(Enumerable.Repeat("d/", 256)))).Folder("d").Bytes);
        root.Fails(5003, new RawTar().Folder("long").Folder("longer").Bytes, new UnpackLimits { MaxNameBytes = 8 });
    }

    [SkippableFact]
    public void IsLimitedInBytesAndRatio()
    {
        using var root = new Unpacked();
        var tar = new RawTar().File("zeros", new string('\0', 8 << 20)).Bytes;
        var gzip = Unpacked.Gzip(tar);
        root.Fails(2052, tar, new UnpackLimits { Tar = new DecompressionLimits { MaxBytes = 4 << 20 } }, gzip);
        root.Fails(2053, tar, new UnpackLimits { Tar = new DecompressionLimits { MaxRatio = 100, RatioFreeBytes = 1 << 20 } }, gzip);
        root.Fails(2050, tar, blob: gzip[..^20]);
        root.Add(tar, blob: gzip);
    }

    [SkippableFact]
    public void ShowsNamesThatCannotForgeALine()
    {
        using var root = new Unpacked();
        var failure = root.Fails(5002, new RawTar().File("a\nb\u001b[31m/../x").Bytes);
        Assert.Contains(@"'a\x0ab\x1b[31m/../x'", failure.Message, StringComparison.Ordinal);
    }
}
