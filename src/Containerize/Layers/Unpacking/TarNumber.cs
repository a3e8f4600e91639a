using System.Buffers.Binary;

namespace Containerize.Layers.Unpacking;

/// <summary>The number in a field of a header: octal digits, or bytes of base 256 where the first bit is set (GNU, star).</summary>
internal static class TarNumber
{
    /// <summary>Reads it; false for garbage and what does not fit in 64 bits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> field, out long number) =>
        (field[0] & 0x80) != 0 ? TryReadBinary(field, out number) : TryReadOctal(field, out number);

    private static bool TryReadOctal(ReadOnlySpan<byte> field, out long number)
    {
        // Old writers put spaces before the digits, and either spaces or zeros behind.
        var digits = field.Trim(" \0"u8);
        number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7' || number >> 60 != 0)
            {
                return false;
            }

            number = (number << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static bool TryReadBinary(ReadOnlySpan<byte> field, out long number)
    {
        // Two's complement without the first bit: 0x80 begins a positive number, 0xFF a negative one.
        var negative = (field[0] & 0x40) != 0;
        Span<byte> value = stackalloc byte[16];
        value.Fill(negative ? (byte)0xFF : (byte)0);
        field.CopyTo(value[(16 - field.Length)..]);
        value[16 - field.Length] = negative ? (byte)(field[0] | 0x80) : (byte)(field[0] & 0x7F);
        var all = BinaryPrimitives.ReadInt128BigEndian(value);
        number = (long)all;
        return all == number;
    }
}
