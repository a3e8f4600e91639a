using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Containerize.Layers.Compression;

/// <summary>The CRC-32 of gzip (RFC 1952 section 8), sixteen bytes at a time, and the CRC of two pieces from those of each.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;
    private const int Lanes = 16;

    // Table k: what a byte does to the remainder when k zero bytes follow it.
    private static readonly uint[] Tables = MakeTables();

    /// <summary>The CRC of bytes that follow others of which <paramref name="crc"/> is known; 0 at the start.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref var tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        var state = ~crc;
        while (bytes.Length >= Lanes)
        {
            var a = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ state;
            var b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            var c = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            var d = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
            state = Fold(ref tables, a, 12) ^ Fold(ref tables, b, 8) ^ Fold(ref tables, c, 4) ^ Fold(ref tables, d, 0);
            bytes = bytes[Lanes..];
        }

        foreach (var value in bytes)
        {
            state = Tables[(byte)(state ^ value)] ^ (state >> 8);
        }

        return ~state;
    }

    /// <summary>The CRC of a piece with CRC <paramref name="first"/> followed by one with <paramref name="second"/>, of this length in bytes.</summary>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        // Bytes that follow multiply the remainder by x^8 each, modulo the polynomial: here by squaring.
        var power = 0x0080_0000u;
        var shifted = first;
        for (var n = secondLength; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                shifted = Multiply(shifted, power);
            }

            power = Multiply(power, power);
        }

        return shifted ^ second;
    }

    private static uint Fold(ref uint tables, uint word, int following) =>
        Unsafe.Add(ref tables, (int)(((uint)(following + 3) << 8) | (byte)word))
        ^ Unsafe.Add(ref tables, (int)(((uint)(following + 2) << 8) | (byte)(word >> 8)))
        ^ Unsafe.Add(ref tables, (int)(((uint)(following + 1) << 8) | (byte)(word >> 16)))
        ^ Unsafe.Add(ref tables, (int)(((uint)following << 8) | (word >> 24)));

    // The product of two polynomials over GF(2); the highest bit is the coefficient of x^0.
    private static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        for (var bit = 0x8000_0000u; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[Lanes * 256];
        for (var value = 0u; value < 256; value++)
        {
            var remainder = value;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ Polynomial : remainder >> 1;
            }

            tables[value] = remainder;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        }

        return tables;
    }
}
