using System.Text;
using Containerize.Layers.Unpacking;

namespace Containerize.Layers;

/// <summary>The header blocks of one tar entry (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block").</summary>
/// <remarks>
/// A field that does not fit, or a name that is not ASCII (readers disagree on the character set of ustar fields), goes into a PAX header
/// before it: with a fixed name, sorted records and no time or process of ours in it.
/// </remarks>
internal static class TarHeader
{
    public const int BlockSize = 512;

    private const int NameLength = 100;
    private const int PrefixLength = 155;
    private const long MaxOctal7 = 0x1F_FFFF; // 2 097 151
    private const long MaxOctal11 = 0x1_FFFF_FFFF; // 8 GiB - 1

    /// <summary>Appends the blocks to <paramref name="target"/>, which is cleared first.</summary>
    public static void Write(LayerEntry entry, long modified, MemoryStream target) => Write(
        new TarMember
        {
            Path = Encoding.UTF8.GetBytes(entry.Path),
            Kind = entry.Kind switch
            {
                LayerEntryKind.Directory => TarKind.Directory,
                LayerEntryKind.SymbolicLink => TarKind.SymbolicLink,
                _ => TarKind.File,
            },
            Link = Encoding.UTF8.GetBytes(entry.LinkTarget ?? ""),
            Mode = (uint)entry.Mode,
            Owner = (uint)entry.Uid,
            Group = (uint)entry.Gid,
            Size = entry.Content?.Size ?? 0,
            Times = [modified, 0, modified, 0],
        },
        target);

    /// <summary>The same of any entry; a directory's name gets its slash here.</summary>
    public static void Write(TarMember member, MemoryStream target)
    {
        target.SetLength(0);
        var name = member.Kind == TarKind.Directory ? [.. member.Path, (byte)'/'] : member.Path;
        var link = member.Link;
        var (modified, nanoseconds) = (member.Times[2], member.Times[3]);
        var split = Ascii.IsValid(name) ? SplitAt(name) : -1;

        var records = new List<(string Key, byte[] Value)>();
        foreach (var attribute in member.Attributes.OrderBy(a => Encoding.Latin1.GetString(a.Name), StringComparer.Ordinal))
        {
            // The key as star and GNU tar have it; a name is bytes, and Latin-1 keeps them.
            records.Add((PaxRecords.AttributeKey + Encoding.Latin1.GetString(attribute.Name), attribute.Value));
        }

        Add(records, "gid", member.Group, MaxOctal7);
        if (link.Length > NameLength || !Ascii.IsValid(link))
        {
            records.Add(("linkpath", link));
        }

        if (nanoseconds != 0 || modified < 0)
        {
            records.Add(("mtime", Seconds(modified, nanoseconds)));
        }
        else
        {
            Add(records, "mtime", modified, MaxOctal11);
        }

        if (split < 0)
        {
            records.Add(("path", name));
        }

        Add(records, "size", member.Size, MaxOctal11);
        Add(records, "uid", member.Owner, MaxOctal7);
        if (records.Count > 0)
        {
            WritePax(records, name, Math.Max(0, modified), target);
        }

        var block = new Block(TypeOf(member.Kind), (int)member.Mode, Math.Max(0, modified))
        {
            Uid = member.Owner,
            Gid = member.Group,
            Size = member.Size,
            Major = member.Major,
            Minor = member.Minor,
            Link = link,
        };
        if (split > 0)
        {
            block.Write(name.AsSpan(split + 1), name.AsSpan(0, split), target);
        }
        else
        {
            block.Write(name, [], target);
        }
    }

    private static char TypeOf(TarKind kind) => kind switch
    {
        TarKind.HardLink => '1',
        TarKind.SymbolicLink => '2',
        TarKind.CharacterDevice => '3',
        TarKind.BlockDevice => '4',
        TarKind.Directory => '5',
        TarKind.Fifo => '6',
        _ => '0',
    };

    // Seconds as a decimal fraction, which before 1970 counts backwards where the kernel counts nanoseconds forwards.
    private static byte[] Seconds(long seconds, long nanoseconds)
    {
        var backwards = seconds < 0 && nanoseconds > 0;
        var whole = backwards ? seconds + 1 : seconds;
        var part = backwards ? 1_000_000_000 - nanoseconds : nanoseconds;
        var sign = backwards && whole == 0 ? "-" : "";
        var text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{sign}{whole}.{part:000000000}").TrimEnd('0').TrimEnd('.');
        return Encoding.ASCII.GetBytes(text);
    }

    // 0: the name fits; above: the slash that parts prefix and name; -1: neither.
    private static int SplitAt(ReadOnlySpan<byte> name)
    {
        if (name.Length <= NameLength)
        {
            return 0;
        }

        // The last slash is no place to split where it ends a directory's name: the name would be empty.
        var slash = name[..Math.Min(name.Length - 1, PrefixLength + 1)].LastIndexOf((byte)'/');
        return slash > 0 && name.Length - slash - 1 <= NameLength ? slash : -1;
    }

    private static void Add(List<(string Key, byte[] Value)> records, string key, long value, long max)
    {
        if (value > max)
        {
            records.Add((key, Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        }
    }

    private static void WritePax(List<(string Key, byte[] Value)> records, ReadOnlySpan<byte> name, long modified, MemoryStream target)
    {
        using var body = new MemoryStream();
        foreach (var (key, value) in records)
        {
            // "<length> <key>=<value>\n", where the length counts its own digits.
            var rest = 1 + key.Length + 1 + value.Length + 1;
            var length = rest + 1;
            while (length != rest + Digits(length))
            {
                length = rest + Digits(length);
            }

            body.Write(Encoding.Latin1.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{length} {key}=")));
            body.Write(value);
            body.WriteByte((byte)'\n');
        }

        var trimmed = name.TrimEnd((byte)'/');
        var last = trimmed[(trimmed.LastIndexOf((byte)'/') + 1)..];
        byte[] own = [.. "PaxHeaders.0/"u8, .. last];
        new Block('x', EntryMode.File, modified) { Size = body.Length }.Write(own, [], target);
        body.WriteTo(target);
        Pad(target);
    }

    private static int Digits(int value)
    {
        var digits = 1;
        for (; value >= 10; value /= 10)
        {
            digits++;
        }

        return digits;
    }

    private static void Pad(MemoryStream target)
    {
        var over = (int)(target.Length % BlockSize);
        if (over != 0)
        {
            target.Write(stackalloc byte[BlockSize - over]);
        }
    }

    private readonly ref struct Block(char type, int mode, long modified)
    {
        public long Uid { get; init; }

        public long Gid { get; init; }

        public long Size { get; init; }

        public uint Major { get; init; }

        public uint Minor { get; init; }

        public ReadOnlySpan<byte> Link { get; init; }

        public void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, MemoryStream target)
        {
            Span<byte> block = stackalloc byte[BlockSize];
            block.Clear();
            Text(block[..NameLength], name);
            Octal(block.Slice(100, 8), mode);
            Octal(block.Slice(108, 8), Uid);
            Octal(block.Slice(116, 8), Gid);
            Octal(block.Slice(124, 12), Size);
            Octal(block.Slice(136, 12), modified);
            block.Slice(148, 8).Fill((byte)' ');
            block[156] = (byte)type;
            Text(block.Slice(157, NameLength), Link);
            "ustar\000"u8.CopyTo(block[257..]);
            Octal(block.Slice(329, 8), Major);
            Octal(block.Slice(337, 8), Minor);
            Text(block.Slice(345, PrefixLength), prefix);

            var sum = 0;
            foreach (var b in block)
            {
                sum += b;
            }

            Octal(block.Slice(148, 7), sum); // six digits and NUL; the space after it stays
            target.Write(block);
        }

        // What is cut or not ASCII stands in full in a PAX record.
        private static void Text(Span<byte> field, ReadOnlySpan<byte> value)
        {
            for (var i = 0; i < Math.Min(field.Length, value.Length); i++)
            {
                field[i] = value[i] < 0x80 ? value[i] : (byte)'_';
            }
        }

        // Digits with leading zeros and a NUL; a number that does not fit is 0 here and in a PAX record.
        private static void Octal(Span<byte> field, long value)
        {
            var digits = field.Length - 1;
            var fits = value >> (3 * digits) == 0;
            for (var i = digits - 1; i >= 0; i--, value >>= 3)
            {
                field[i] = (byte)('0' + (fits ? value & 7 : 0));
            }
        }
    }
}
