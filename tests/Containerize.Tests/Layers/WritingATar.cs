using System.Text;
using Containerize.Layers;
using Containerize.Testing;
using CsCheck;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

public class WritingATar
{
    // Names around every limit of the format: ustar name 100, prefix 155, PAX beyond; not ASCII, control characters, long links.
    private static LayerSpec Odd()
    {
        static string Name(char c, int length) => new(c, length);
        var deep = string.Join('/', Enumerable.Range(0, 40).Select(i => Name((char)('a' + (i % 26)), 99)));
        return LayerSpec.Create(
            "odd",
            [
                .. new[] { 99, 100, 101, 155, 255 }.Select(length => Text(Name('n', length), $"{length}")),
                Text($"{Name('p', 155)}/{Name('f', 100)}", "the longest that ustar splits"),
                Text($"{Name('p', 155)}/{Name('f', 101)}", "one more"),
                Text($"{Name('q', 156)}/x", "a prefix of one more"),
                Text($"{Name('r', 60)}/{Name('s', 60)}/t", "split at the last slash"),
                Folder($"{Name('u', 50)}/{Name('v', 49)}"),
                Folder($"{Name('w', 155)}/{Name('x', 99)}"),
                Text($"deep/{deep[..3990]}x", "a path of 4 000 bytes"),
                Text("a \n\"'-rf", "quotes"),
                Text("Stra\u00dfe/\u00e9/\u20ac/\U0001F600", "Unicode"),
                Link("to100", Name('l', 100)),
                Link("to101", $"../{Name('l', 98)}"),
                Link("to4000", $"/{deep[..3999]}"),
                Link("to\u00e9", "Stra\u00dfe"),
                Text("rooted", "", 0b100_111_101_101) with { Uid = 2_100_000, Gid = 2_097_151 },
                Text("zero", "", 0) with { Uid = int.MaxValue, Gid = int.MaxValue },
                Text("block", new string('x', 512)),
                Text("blockAndOne", new string('x', 513)),
                Folder("empty", 0b111_000_000),
            ],
            DateTimeOffset.UnixEpoch.AddYears(50));
    }

    [Fact]
    public void GivesWhatThePlanSaysToDotNet() => Assert.Equal(Expected(Odd()).Replace("\n\"'", "\\x0a\"'", StringComparison.Ordinal), Dump(Tar(Odd())));

    [SkippableTheory]
    [InlineData("tar", "-xpf")]
    [InlineData("bsdtar", "-xpf")]
    public void GivesWhatThePlanSaysToOtherPrograms(string program, string extract)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "owners can only be set by root");
        // Linux allows 255 bytes a name and 4 095 a path.
        var spec = LayerSpec.Create("odd", Odd().Entries.Where(e => e.Path.Length < 3900 && e.Path != "deep" && !e.Path.StartsWith("deep/", StringComparison.Ordinal)), Odd().ModifiedTime);
        using var folder = new TemporaryFolder();
        var tar = folder.Write("x.tar", Tar(spec));
        Tool.Run(program, extract, tar, "-C", folder.Folder("out"), "--numeric-owner");
        Assert.Equal(Dump(Tar(spec)), TreeDump.Of(folder["out"]));
    }

    [SkippableFact]
    public void ListsTheLongestPathsInOtherPrograms()
    {
        using var folder = new TemporaryFolder();
        var tar = folder.Write("x.tar", Tar(Odd()));
        var paths = Odd().Entries.Where(e => !e.Path.Contains('\n', StringComparison.Ordinal)).Select(e => e.Kind == LayerEntryKind.Directory ? e.Path + "/" : e.Path).ToArray();
        foreach (var program in (string[])["tar", "bsdtar"])
        {
            var arguments = program == "tar" ? new[] { "-tf", tar, "--quoting-style=literal" } : ["-tf", tar];
            var listed = Tool.Run(program, arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Empty(paths.Except(listed));
        }
    }

    [Fact]
    public void UsesPaxHeadersOnlyWhereTheyAreNeeded()
    {
        var plain = Tar(Spec(Text("app/a.dll", "x"), Link("app/b", "a.dll")));
        Assert.Equal((3 * 512) + 512 + 1024, plain.Length);
        var odd = Encoding.UTF8.GetString(Tar(Spec(Text("app/\u00e9", "x") with { Uid = 3_000_000 })));
        Assert.Contains("PaxHeaders.0/__\0", odd, StringComparison.Ordinal);
        Assert.Contains("15 path=app/\u00e9\n15 uid=3000000\n\0", odd, StringComparison.Ordinal);
        Assert.DoesNotContain("mtime=", odd, StringComparison.Ordinal);
    }

    // bsdtar composes names as it reads them (libarchive, archive_string_normalize), so this asks the other two.
    [SkippableFact]
    public void KeepsBothUnicodeFormsOfAName()
    {
        var bytes = Tar(Spec(Text("\u00e9", "composed"), Text("e\u0301", "decomposed")));
        Assert.Equal(2, Dump(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        using var folder = new TemporaryFolder();
        Assert.Equal("e\u0301\n\u00e9\n", Tool.Run("tar", "-tf", folder.Write("x.tar", bytes), "--quoting-style=literal"));
    }

    [Fact]
    public void EndsWithTwoBlocksOfZerosAndNoMore()
    {
        Assert.Equal(new byte[1024], Tar(Spec()));
        var one = Tar(Spec(Text("a", "x")));
        Assert.Equal(4 * 512, one.Length);
        Assert.Equal(new byte[1024], one[1024..]);
    }

    [Fact]
    public void LooksLikeThis() => Verify.Text(Dump(Tar(Spec(
        Text("app/web", "\x7fELF", EntryMode.Executable),
        Text("app/web.dll", "MZ"),
        Text("app/wwwroot/index.html", ""),
        Folder("data") with { Uid = 1654, Gid = 1654 },
        Link("usr/bin/web", "/app/web")))));

    [Fact]
    public void GivesThePlanForAnyTreeInAnyOrder()
    {
        var part = Gen.String[Gen.Char["ab.- _\u00e9\u20ac\uFF5E"], 1, 120].Where(p => p is not ("." or ".."));
        var path = part.Array[1, 5].Select(parts => string.Join('/', parts));
        var entry = Gen.Select(path, Gen.Int[0, 2], Gen.Byte.Array[0, 1600], Gen.Int[0, 0xFFF], Gen.OneOf(Gen.Int[0, 3_000_000], Gen.Const(0)), part).Select((p, kind, bytes, mode, owner, target) => new LayerEntry
        {
            Path = p,
            Kind = kind switch { 0 => LayerEntryKind.Directory, 1 => LayerEntryKind.SymbolicLink, _ => LayerEntryKind.File },
            Mode = mode,
            Uid = owner,
            Gid = owner / 2,
            LinkTarget = kind == 1 ? target : null,
            Content = kind > 1 ? new InlineContent(bytes, "random") : null,
        });
        Gen.Select(entry.Array[0, 30], Gen.Int).Sample((drawn, seed) =>
        {
            // A link or a file is no parent, and a path is there once; the rest may be anything.
            var files = drawn.DistinctBy(e => e.Path).ToArray();
            var entries = files.Where(e => !files.Any(f => f.Kind != LayerEntryKind.Directory && e.Path.StartsWith(f.Path + "/", StringComparison.Ordinal))).ToArray();
            var spec = LayerSpec.Create("x", entries);
            var tar = Tar(spec);
            Assert.Equal(Expected(spec), Dump(tar));
            new Random(seed).Shuffle(entries);
            Assert.Equal(tar, Tar(LayerSpec.Create("y", entries)));
            Assert.Equal(spec.Entries.Select(e => Convert.ToHexString(Encoding.UTF8.GetBytes(e.Path))).Order(StringComparer.Ordinal), spec.Entries.Select(e => Convert.ToHexString(Encoding.UTF8.GetBytes(e.Path))));
        }, iter: 300);
    }
}
