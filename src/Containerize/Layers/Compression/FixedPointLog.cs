using System.Numerics;

namespace Containerize.Layers.Compression;

/// <summary>Logarithms in whole numbers: block splitting decides bytes, and Math.Log2 may differ in its last bit between platforms.</summary>
internal static class FixedPointLog
{
    /// <summary>The binary digits after the point.</summary>
    public const int FractionBits = 12;

    private const int MantissaBits = 9;
    private const int SmallCounts = 2048;

    private static readonly ushort[] Mantissas = MakeMantissas();
    private static readonly int[] Products = MakeProducts();

    /// <summary>n * log2(n), with <see cref="FractionBits"/> binary digits after the point; 0 for 0.</summary>
    public static long TimesLog2(uint n) => n < SmallCounts ? Products[n] : n * (long)Log2(n);

    private static int Log2(uint n)
    {
        var exponent = BitOperations.Log2(n);
        var mantissa = (uint)((((ulong)n << MantissaBits) >> exponent) & ((1u << MantissaBits) - 1));
        return (exponent << FractionBits) + Mantissas[mantissa];
    }

    private static ushort[] MakeMantissas()
    {
        var table = new ushort[1 << MantissaBits];
        for (var i = 0; i < table.Length; i++)
        {
            // Bit by bit: squaring doubles the logarithm; a square of 2 or more says that the next digit is a one.
            var x = (1UL << 31) + ((ulong)i << (31 - MantissaBits));
            var log = 0;
            for (var bit = 0; bit < FractionBits; bit++)
            {
                x = (x * x) >> 31;
                log <<= 1;
                if (x >= 1UL << 32)
                {
                    x >>= 1;
                    log |= 1;
                }
            }

            table[i] = (ushort)log;
        }

        return table;
    }

    private static int[] MakeProducts()
    {
        var table = new int[SmallCounts];
        for (var n = 1; n < table.Length; n++)
        {
            table[n] = n * Log2((uint)n);
        }

        return table;
    }
}
