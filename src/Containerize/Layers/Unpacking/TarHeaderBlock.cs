namespace Containerize.Layers.Unpacking;

/// <summary>The fields of a header block (POSIX.1-2017, pax, "ustar Interchange Format"), checked against its sum.</summary>
internal sealed class TarHeaderBlock
{
    private readonly long _at;
    private readonly UnpackErrors _errors;

    public TarHeaderBlock(ReadOnlySpan<byte> block, long at, UnpackErrors errors)
    {
        (_at, _errors) = (at, errors);
        if (!SumIsRight(block))
        {
            throw errors.Damaged(at, "a header's checksum is wrong");
        }

        Type = (char)block[156];
        Size = Number(block.Slice(124, 12), "size");
        if (Size < 0)
        {
            throw errors.Damaged(at, "the size of an entry is negative");
        }

        Mode = Number(block.Slice(100, 8), "mode");
        Owner = Number(block.Slice(108, 8), "owner");
        Group = Number(block.Slice(116, 8), "group");
        Modified = Number(block.Slice(136, 12), "time");
        Link = Text(block.Slice(157, 100));
        var name = Text(block[..100]);
        if (!block.Slice(257, 5).SequenceEqual("ustar"u8))
        {
            Path = name;
            return;
        }

        if (Type is '3' or '4')
        {
            Major = Number(block.Slice(329, 8), "device");
            Minor = Number(block.Slice(337, 8), "device");
        }

        // GNU's own format has other things in the prefix's place, and star's its times behind a shorter one.
        var isPosix = block[262] == 0;
        var isStar = block[508..].SequenceEqual("tar\0"u8);
        var prefix = isPosix ? Text(block.Slice(345, isStar ? 131 : 155)) : [];
        Path = prefix.Length > 0 ? [.. prefix, (byte)'/', .. name] : name;
    }

    public char Type { get; }

    public byte[] Path { get; }

    public byte[] Link { get; }

    public long Mode { get; }

    public long Owner { get; }

    public long Group { get; }

    public long Size { get; }

    public long Modified { get; }

    public long Major { get; }

    public long Minor { get; }

    // The sum with its own field as spaces; some old writers summed signed bytes.
    private static bool SumIsRight(ReadOnlySpan<byte> block)
    {
        if (!TarNumber.TryRead(block.Slice(148, 8), out var expected))
        {
            return false;
        }

        long unsigned = 8 * ' ';
        long signed = 8 * ' ';
        for (var i = 0; i < block.Length; i++)
        {
            if (i is < 148 or >= 156)
            {
                unsigned += block[i];
                signed += (sbyte)block[i];
            }
        }

        return expected == unsigned || expected == signed;
    }

    private static byte[] Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return (end < 0 ? field : field[..end]).ToArray();
    }

    private long Number(ReadOnlySpan<byte> field, string what) =>
        TarNumber.TryRead(field, out var number) ? number : throw _errors.Damaged(_at, $"the {what} in a header is no number");
}
