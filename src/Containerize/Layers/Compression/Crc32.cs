using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Containerize.Layers.Compression;

/// <summary>The CRC-32 of gzip (RFC 1952 section 8), and the CRC of two pieces from those of each.</summary>
/// <remarks>
/// Sixteen bytes at a time by tables, or for long pieces 64 where the CPU multiplies polynomials. Every polynomial here is reflected, as
/// gzip's CRC is: the highest bit is the coefficient of x^0.
/// </remarks>
internal static unsafe class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;
    private const int Lanes = 16;
    private const int Folded = 64;

    // Folding is never compiled ahead of time, as not every CPU can do it; below this, the tables are done before the just-in-time compiler.
    private const int FoldingPays = 256 * 1024;

    // Table k: what a byte does to the remainder when k zero bytes follow it.
    private static readonly uint[] Tables = MakeTables();

    // What moves the first and the last eight of sixteen bytes on by the 64 that are folded at a time. The product of two
    // 64-bit polynomials has its last bit at x^126 instead of x^127, which the shift makes up for.
    private static readonly ulong FirstHalf = (ulong)PowerOfX((8 * Folded) + 32) << 1;
    private static readonly ulong LastHalf = (ulong)PowerOfX((8 * Folded) - 32) << 1;

    /// <summary>The CRC of bytes that follow others of which <paramref name="crc"/> is known; 0 at the start.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            var next = first;
            var end = first + bytes.Length;
            var state = ~crc;
            if (Pclmulqdq.IsSupported && bytes.Length >= FoldingPays)
            {
                state = Fold(state, ref next, end);
            }

            return ~LookUp(state, next, end);
        }
    }

    /// <summary>The CRC of a piece with CRC <paramref name="first"/> followed by one with <paramref name="second"/>, of this length in bytes.</summary>
    public static uint Combine(uint first, uint second, long secondLength) => Multiply(first, PowerOfX(8 * secondLength)) ^ second;

    // Adds each 64 bytes to the 64 before them, which are multiplied by x^512, modulo the polynomial: the remainder of all is
    // that of the last 64 (Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction").
    private static uint Fold(uint state, ref byte* from, byte* end)
    {
        var next = from;
        var powers = Vector128.Create(FirstHalf, LastHalf);
        var a = Vector128.Load(next) ^ Vector128.CreateScalar(state).AsByte();
        var b = Vector128.Load(next + 16);
        var c = Vector128.Load(next + 32);
        var d = Vector128.Load(next + 48);
        for (next += Folded; end - next >= Folded; next += Folded)
        {
            a = Multiply(a, powers) ^ Vector128.Load(next);
            b = Multiply(b, powers) ^ Vector128.Load(next + 16);
            c = Multiply(c, powers) ^ Vector128.Load(next + 32);
            d = Multiply(d, powers) ^ Vector128.Load(next + 48);
        }

        from = next;
        var last = stackalloc byte[Folded];
        a.Store(last);
        b.Store(last + 16);
        c.Store(last + 32);
        d.Store(last + 48);
        return LookUp(0, last, last + Folded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Multiply(Vector128<byte> bytes, Vector128<ulong> powers) =>
        (Pclmulqdq.CarrylessMultiply(bytes.AsUInt64(), powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(bytes.AsUInt64(), powers, 0x11)).AsByte();

    private static uint LookUp(uint state, byte* next, byte* end)
    {
        fixed (uint* tables = Tables)
        {
            for (; end - next >= Lanes; next += Lanes)
            {
                state = LookUp(tables, Load32(next) ^ state, 12)
                    ^ LookUp(tables, Load32(next + 4), 8)
                    ^ LookUp(tables, Load32(next + 8), 4)
                    ^ LookUp(tables, Load32(next + 12), 0);
            }

            for (; next < end; next++)
            {
                state = tables[(byte)(state ^ *next)] ^ (state >> 8);
            }
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LookUp(uint* tables, uint word, int following) =>
        tables[((uint)(following + 3) << 8) | (byte)word]
        ^ tables[((uint)(following + 2) << 8) | (byte)(word >> 8)]
        ^ tables[((uint)(following + 1) << 8) | (byte)(word >> 16)]
        ^ tables[((uint)following << 8) | (word >> 24)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Load32(byte* at)
    {
        var value = Unsafe.ReadUnaligned<uint>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    // By squaring.
    private static uint PowerOfX(long exponent)
    {
        var power = 0x8000_0000u;
        var square = 0x4000_0000u;
        for (var n = exponent; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                power = Multiply(power, square);
            }

            square = Multiply(square, square);
        }

        return power;
    }

    // The product of two polynomials over GF(2).
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
