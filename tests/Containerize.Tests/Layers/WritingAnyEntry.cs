using System.Globalization;
using System.Text;
using Containerize.Layers;
using Containerize.Layers.Unpacking;
using Xunit;

namespace Containerize.Tests.Layers;

/// <summary>Entries as containers have them: each with its own time, attributes, devices, links and names of any bytes; read back they are the same.</summary>
public class WritingAnyEntry
{
    private static readonly TarMember Plain = new() { Path = "dir/file"u8.ToArray(), Kind = TarKind.File, Mode = 0x1A4, Owner = 1, Group = 2, Times = [5, 0, 5, 0] };

    private static readonly TarMember[] Members =
    [
        Plain with { Size = 700 },
        Plain with { Path = "dir"u8.ToArray(), Kind = TarKind.Directory, Mode = 0x3FF },
        Plain with { Path = "link"u8.ToArray(), Kind = TarKind.SymbolicLink, Link = "/dir/file"u8.ToArray() },
        Plain with { Path = "second"u8.ToArray(), Kind = TarKind.HardLink, Link = "dir/file"u8.ToArray() },
        Plain with { Path = "device"u8.ToArray(), Kind = TarKind.CharacterDevice, Major = 5, Minor = 70000 },
        Plain with { Path = "disk"u8.ToArray(), Kind = TarKind.BlockDevice, Major = 254, Minor = 3 },
        Plain with { Path = "fifo"u8.ToArray(), Kind = TarKind.Fifo },
        Plain with { Path = [(byte)'b', 0xFF, (byte)'d'], Owner = 4_000_000_000, Group = 3_000_000 },
        Plain with { Path = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("long/", 80)) + "name") },
        Plain with { Path = "fraction"u8.ToArray(), Times = [5, 123_000_000, 5, 123_000_000] },
        Plain with { Path = "before"u8.ToArray(), Times = [-3, 250_000_000, -3, 250_000_000] },
        Plain with { Path = "justbefore"u8.ToArray(), Times = [-1, 750_000_000, -1, 750_000_000] },
        Plain with { Path = "wholebefore"u8.ToArray(), Times = [-86400, 0, -86400, 0] },
        Plain with { Path = "far"u8.ToArray(), Times = [9_000_000_000, 0, 9_000_000_000, 0] },
        Plain with
        {
            Path = "attributes"u8.ToArray(),
            Attributes = [new TarAttribute("security.capability"u8.ToArray(), [1, 0, 0, 2, 0, 10, 255]), new TarAttribute("user.\u00fc"u8.ToArray(), "a=b\n"u8.ToArray()), new TarAttribute("user.none"u8.ToArray(), [])],
        },
    ];

    [Fact]
    public void ItIsReadBackTheSame()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, LayerSpec.DefaultTime))
        {
            foreach (var member in Members)
            {
                writer.WriteHeader(member);
                // What ends early is filled with zeros: the content is the first 100 bytes only.
                var left = 100;
                writer.WriteContent(
                    member.Size,
                    buffer =>
                    {
                        var count = Math.Min(left, buffer.Length);
                        buffer.Span[..count].Fill((byte)'x');
                        left -= count;
                        return count;
                    },
                    CancellationToken.None);
            }

            writer.Finish();
        }

        tar.Position = 0;
        var errors = new UnpackErrors("reading back");
        using var ahead = new ReadAhead(tar);
        using var input = new TarInput(ahead, errors, CancellationToken.None);
        var reader = new TarMemberReader(input, UnpackLimits.Default, errors);
        var read = new List<string>();
        while (reader.Next() is { } member)
        {
            read.Add(Text(member));
            var content = new List<byte>();
            for (var some = reader.Content(); !some.IsEmpty; some = reader.Content())
            {
                content.AddRange(some);
            }

            Assert.Equal(member.Size == 0 ? [] : [.. Enumerable.Repeat((byte)'x', 100), .. new byte[600]], content);
        }

        Assert.Equal(Members.Select(Text), read);
    }

    private static string Text(TarMember member) => string.Create(
        CultureInfo.InvariantCulture,
        $"{member.Kind} {Convert.ToHexString(member.Path.AsSpan().TrimEnd((byte)'/'))} {Encoding.Latin1.GetString(member.Link)} {member.Mode:x} {member.Owner}:{member.Group} {member.Size} {string.Join(',', member.Times)} {member.Major}:{member.Minor} {string.Join(' ', member.Attributes.Select(a => $"{Convert.ToHexString(a.Name)}={Convert.ToHexString(a.Value)}").Order(StringComparer.Ordinal))}");
}
