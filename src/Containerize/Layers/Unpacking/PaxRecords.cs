using System.Buffers.Text;
using System.Text;

namespace Containerize.Layers.Unpacking;

/// <summary>What PAX records and GNU's long names say of the entry behind them (POSIX.1-2017, pax, "pax Extended Header").</summary>
internal sealed class PaxRecords
{
    /// <summary>What the key of an extended attribute begins with (star(1), GNU tar).</summary>
    public const string AttributeKey = "SCHILY.xattr.";

    private static ReadOnlySpan<byte> AttributePrefix => "SCHILY.xattr."u8;

    public byte[]? Path { get; set; }

    public byte[]? Link { get; set; }

    public long? Size { get; private set; }

    public long? Owner { get; private set; }

    public long? Group { get; private set; }

    public long[]? Times { get; private set; }

    public List<TarAttribute> Attributes { get; } = [];

    /// <summary>Whether the entry is one of GNU's sparse files.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Takes the records in; null, or why they are wrong.</summary>
    public string? Read(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            // "<length> <key>=<value>\n", where the length counts itself.
            if (!Utf8Parser.TryParse(records, out int length, out var digits)
                || length < digits + 4 || length > records.Length || records[digits] != ' ' || records[length - 1] != '\n')
            {
                return "a PAX record has a wrong length";
            }

            var record = records[(digits + 1)..(length - 1)];
            records = records[length..];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return "a PAX record has no key";
            }

            if (!Take(record[..equals], record[(equals + 1)..]))
            {
                return $"the PAX record {ByteNames.Show(record[..equals])} has a value that cannot be";
            }
        }

        return null;
    }

    // An empty value takes an earlier record back.
    private bool Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        bool fits;
        switch (Encoding.Latin1.GetString(key))
        {
            case "path":
                Path = value.IsEmpty ? null : value.ToArray();
                return !value.Contains((byte)0);
            case "linkpath":
                Link = value.IsEmpty ? null : value.ToArray();
                return !value.Contains((byte)0);
            case "size":
                fits = TryNumber(value, out var size);
                Size = size;
                return fits;
            case "uid":
                fits = TryNumber(value, out var owner);
                Owner = owner;
                return fits;
            case "gid":
                fits = TryNumber(value, out var group);
                Group = group;
                return fits;
            case "mtime":
                fits = TryTimes(value, out var times);
                Times = times;
                return fits;
        }

        if (key.StartsWith(AttributePrefix))
        {
            return TakeAttribute(key[AttributePrefix.Length..], value);
        }

        IsSparse |= key.StartsWith("GNU.sparse."u8);
        return true;
    }

    private bool TakeAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty || name.Contains((byte)0))
        {
            return false;
        }

        var copy = name.ToArray();
        Attributes.RemoveAll(a => a.Name.AsSpan().SequenceEqual(copy));
        Attributes.Add(new TarAttribute(copy, value.ToArray()));
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> value, out long? number)
    {
        number = null;
        if (value.IsEmpty)
        {
            return true;
        }

        // Some writers give numbers a fraction.
        var whole = value.IndexOf((byte)'.') is var point and >= 0 ? value[..point] : value;
        var fits = Utf8Parser.TryParse(whole, out long parsed, out var used) && used == whole.Length;
        number = parsed;
        return fits;
    }

    private static bool TryTimes(ReadOnlySpan<byte> value, out long[]? times)
    {
        times = null;
        if (value.IsEmpty)
        {
            return true;
        }

        var point = value.IndexOf((byte)'.');
        var whole = point < 0 ? value : value[..point];
        if (!Utf8Parser.TryParse(whole, out long seconds, out var used) || used != whole.Length)
        {
            return false;
        }

        var nanoseconds = 0L;
        var fraction = point < 0 ? [] : value[(point + 1)..];
        for (var i = 0; i < 9; i++)
        {
            var digit = i < fraction.Length ? fraction[i] - '0' : 0;
            if (digit is < 0 or > 9)
            {
                return false;
            }

            nanoseconds = (10 * nanoseconds) + digit;
        }

        // Kernels count nanoseconds forwards, also before 1970.
        if (nanoseconds > 0 && whole[0] == '-')
        {
            (seconds, nanoseconds) = (seconds - 1, 1_000_000_000 - nanoseconds);
        }

        times = [seconds, nanoseconds, seconds, nanoseconds];
        return true;
    }
}
