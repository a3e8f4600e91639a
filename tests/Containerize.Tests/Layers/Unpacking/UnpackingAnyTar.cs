using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>What a tar can say of a file, in each of the ways in which it can be said.</summary>
public class UnpackingAnyTar
{
    [SkippableFact]
    public void GivesItsWholeTree()
    {
        using var root = new Unpacked();
        root.Add(new RawTar()
            .Folder("./", 0x16D)
            .Folder("bin", 0x5ED, 8)
            .File("bin/su", "suid", 0x9ED)
            .File("bin/wall", "sgid", 0x5ED, 5)
            .Folder("tmp", 0x3FF)
            .File("secret", "", 0, 1654)
            .Link("sh", "bin/su")
            .HardLink("bin/su2", "bin/su")
            .Entry('3', "null", mode: 0x1B6, change: b => Device(b, 1, 3))
            .Entry('4', "disk", mode: 0x1B0, owner: 6, change: b => Device(b, 259, 70000))
            .Entry('6', "fifo", mode: 0x1FF)
            .Entry('7', "contiguous", content: "7")
            .Entry('\0', "old", content: "v7")
            .Entry('\0', "olddir/", mode: 0x1C0));
        Assert.Equal(
            """
            d 2755 8:8 1970-01-01T00:00:01Z - - bin/
            - 4755 0:0 1970-01-01T00:00:01Z 4 f2a2dd3ce8e0 bin/su
            - 4755 0:0 1970-01-01T00:00:01Z 4 f2a2dd3ce8e0 bin/su2
            - 2755 5:5 1970-01-01T00:00:01Z 4 0ed1c5ee1e5d bin/wall
            """.Split('\n').Select(l => l.Split(' ')[0..5]).Select(p => string.Join(' ', p)),
            root.Tree(times: true).Split('\n').Where(l => l.Contains("bin", StringComparison.Ordinal) && l[0] != 'l').Select(l => string.Join(' ', l.Split(' ')[0..5])));
        Assert.Equal(
            "d:bin/ -:bin/su -:bin/su2 -:bin/wall -:contiguous b:disk p:fifo c:null -:old d:olddir/ -:secret l:sh -> bin/su d:tmp/",
            root.Paths());
        Assert.Equal("1,3 666 0", Tool.Run("stat", "-c", "%t,%T %a %u", root["null"]).Trim());
        Assert.Equal("103,11170 660 6", Tool.Run("stat", "-c", "%t,%T %a %u", root["disk"]).Trim());
        Assert.Equal("777 1", Tool.Run("stat", "-c", "%a %Y", root["fifo"]).Trim());
        Assert.Equal("1777 1", Tool.Run("stat", "-c", "%a %Y", root["tmp"]).Trim());
        Assert.Equal("0 1654", Tool.Run("stat", "-c", "%a %g", root["secret"]).Trim());
        Assert.Equal("555 1", Tool.Run("stat", "-c", "%a %Y", root.Root).Trim());
        Assert.Equal("2", Tool.Run("stat", "-c", "%h", root["bin/su"]).Trim());
    }

    [SkippableFact]
    public void TakesPaxRecordsForTheFields()
    {
        using var root = new Unpacked();
        var name = new string('n', 200);
        root.Add(new RawTar()
            .Pax(("path", "p/" + name), ("size", "3"), ("uid", "3000000"), ("gid", "3000001"), ("mtime", "1700000000.123456789"), ("comment", "x"), ("uname", "y"))
            .Entry('0', "short", change: b => RawTar.Put(b, 124, "00000000003", 11)).Raw([.. "abc"u8, .. new byte[509]])
            .Pax(("mtime", "-1.25")).File("before")
            .Pax(("linkpath", new string('t', 300))).Link("l", "t")
            .Pax(("uid", "5"), ("uid", "")).File("taken-back"));
        Assert.Equal("3000000 3000001 1700000000.123456789 3", Tool.Run("stat", "-c", "%u %g %.9Y %s", root["p/" + name]).Trim());
        Assert.Equal("-1.250000000", Tool.Run("stat", "-c", "%.9Y", root["before"]).Trim());
        Assert.Equal(new string('t', 300), Tool.Run("readlink", root["l"]).Trim());
        Assert.Equal("0", Tool.Run("stat", "-c", "%u", root["taken-back"]).Trim());
    }

    [SkippableFact]
    public void TakesGnuNamesAndPrefixes()
    {
        using var root = new Unpacked();
        root.Add(new RawTar()
            .Entry('L', "././@LongLink", content: new string('g', 150) + "\0").File("cut")
            .Entry('K', "././@LongLink", content: new string('k', 150) + "\0").Link("l", "cut")
            .Entry('0', "name", change: b => RawTar.Put(b, 345, "prefix/sub", 155))
            .Entry('0', "gnu", change: b =>
            {
                RawTar.Put(b, 257, "ustar  \0", 8);
                RawTar.Put(b, 345, "14600000000", 11);
            })
            .Entry('g', "pax_global_header", content: "52 comment=0123456789012345678901234567890123456789\n")
            .Entry('V', "label"));
        Assert.Equal($"-:{new string('g', 150)} -:gnu l:l -> {new string('k', 150)} d:prefix/ d:prefix/sub/ -:prefix/sub/name", root.Paths());
    }

    [SkippableFact]
    public void TakesNumbersOfBase256()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Entry('0', "a", change: b =>
        {
            new byte[] { 0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF }.CopyTo(b, 108);
            new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x9C }.CopyTo(b, 136);
        }));
        Assert.Equal("2147483647 -100", Tool.Run("stat", "-c", "%u %Y", root["a"]).Trim());
    }

    [SkippableFact]
    public void KeepsNamesThatAreNotUtf8()
    {
        using var root = new Unpacked();
        root.Add(new RawTar().Folder("d\xFF").File("d\xFF/\xE4\xF6", "x").Link("l", "d\xFF/\xE4\xF6").HardLink("h\xE9", "d\xFF/\xE4\xF6").Pax(("path", "p\xE4")).File("x"));
        Assert.Equal(@"d:d\xff/ -:d\xff/\xe4\xf6 -:h\xe9 l:l -> d\xff/\xe4\xf6 -:p\xe4", root.Paths());
    }

    [SkippableFact]
    public void SetsAttributesAndCapabilities()
    {
        using var root = new Unpacked();
        // cap_net_raw=ep in the form of revision 2: effective, permitted 1 << 13.
        var capability = "\u0001\0\0\u0002\0\u0020\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        root.Add(new RawTar()
            .Pax(("SCHILY.xattr.security.capability", capability), ("SCHILY.xattr.user.note", "1\n2")).File("ping", "elf", 0x1ED, 7)
            .Pax(("SCHILY.xattr.trusted.overlay.redirect", "/etc"), ("SCHILY.xattr.trusted.overlay.opaque", "y"), ("SCHILY.xattr.user.overlay.opaque", "y"), ("SCHILY.xattr.trusted.mine", "z")).Folder("d"));
        Assert.Equal("0100000200200000000000000000000000000000", Attributes.Read(root["ping"], "security.capability"));
        Assert.Equal("310A32", Attributes.Read(root["ping"], "user.note"));
        Assert.Equal("7A", Attributes.Read(root["d"], "trusted.mine"));
        Assert.All((string[])["trusted.overlay.redirect", "trusted.overlay.opaque", "user.overlay.opaque"], name => Assert.Null(Attributes.Read(root["d"], name)));
    }

    [SkippableFact]
    public void LetsALaterEntryTakeTheNameOfAnEarlier()
    {
        using var root = new Unpacked();
        root.Add(new RawTar()
            .File("file-dir").Folder("file-dir").File("file-dir/in")
            .Folder("dir-file/sub").File("dir-file/sub/x").File("dir-file", "f")
            .Folder("dir-link").File("dir-link/x").Link("dir-link", "file-dir").File("dir-link/through", "t")
            .Link("link-dir", "file-dir").Folder("link-dir").File("link-dir/own")
            .File("file-fifo").Entry('6', "file-fifo")
            .Entry('6', "fifo-file").File("fifo-file", "f")
            .Entry('6', "etc/passwd").File("etc/passwd", "p").Entry('6', "etc/passwd")
            .File("same", "1").HardLink("same", "same")
            .Folder("twice", 0x1C0).File("twice/x").Folder("twice", 0x1ED));
        Assert.Equal(
            "-:dir-file l:dir-link -> file-dir d:etc/ p:etc/passwd -:fifo-file d:file-dir/ -:file-dir/in -:file-dir/through p:file-fifo "
            + "d:link-dir/ -:link-dir/own -:same d:twice/ -:twice/x",
            root.Paths());
        Assert.Equal("755", Tool.Run("stat", "-c", "%a", root["twice"]).Trim());
    }

    [SkippableFact]
    public void RefusesWhatNoLayerHas()
    {
        using var root = new Unpacked();
        root.Fails(5002, new RawTar().Entry('S', "sparse").Bytes);
        root.Fails(5002, new RawTar().Pax(("GNU.sparse.major", "1")).File("sparse").Bytes);
        root.Fails(5002, new RawTar().Entry('M', "volume").Bytes);
        root.Fails(5002, new RawTar().File("f").File("f/x").Bytes);
        root.Fails(5002, new RawTar().Link("dangling", "nowhere").File("dangling/x").Bytes);
        root.Fails(5002, new RawTar().HardLink("h", "absent").Bytes);
        root.Fails(5002, new RawTar().Folder("dir").HardLink("h2", "dir").Bytes);
        root.Fails(5005, new RawTar().File(new string('x', 99)).Pax(("path", new string('y', 256))).File("x").Bytes);
    }

    [SkippableFact]
    public void IsTheSameAsWithTar()
    {
        using var root = new Unpacked();
        using var other = new Unpacked();
        Skip.IfNot(Directory.Exists("/usr/share/doc"), "no documents here");
        foreach (var format in (string[])["gnu", "posix", "ustar"])
        {
            Tool.Run("sh", "-c", $"cd /usr && (echo share; echo lib; find share/doc lib/python3* share/zoneinfo share/perl 2>/dev/null) | head -1500 > '{other["list"]}'; tar -cf '{other["x.tar"]}' --no-recursion --format={format} --xattrs -T '{other["list"]}'");
            var tar = File.ReadAllBytes(other["x.tar"]);
            Tool.Run("rm", "-rf", root.Root, other["out"]);
            Directory.CreateDirectory(root.Root);
            Directory.CreateDirectory(other["out"]);
            root.Add(tar, blob: Unpacked.Gzip(tar));
            Tool.Run("tar", "-xpf", other["x.tar"], "-C", other["out"], "--numeric-owner", "--delay-directory-restore", "--xattrs", "--xattrs-include=*");
            Assert.Equal(Containerize.Testing.TreeDump.Of(other["out"]), root.Tree(times: true));
        }
    }

    private static void Device(byte[] block, int major, int minor)
    {
        RawTar.Put(block, 329, Convert.ToString(major, 8).PadLeft(7, '0'), 7);
        RawTar.Put(block, 337, Convert.ToString(minor, 8).PadLeft(7, '0'), 7);
    }
}
