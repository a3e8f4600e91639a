using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>
/// What the parser found, in 32 bits: from bit 20 a literal's byte, or 256 and the match's length less 3; from bit 15 the
/// distance symbol; from bit 0 the distance less 1.
/// </summary>
internal static unsafe class Token
{
    /// <summary>The values that <see cref="LiteralOrLength"/> can have.</summary>
    public const int LiteralsAndLengths = FirstLength + DeflateAlphabet.Lengths;

    /// <summary>From here on, <see cref="LiteralOrLength"/> is a match's.</summary>
    public const int FirstLength = 256;

    /// <summary>The values that <see cref="DistanceSymbol"/> can have.</summary>
    public const int DistanceSymbols = 32;

    // A literal has a distance symbol too, which deflate does not have: so both are counted without asking which it is.
    private const uint NoDistance = DeflateAlphabet.DistanceSymbols;

    private const int DistanceSymbolShift = 15;
    private const int LiteralOrLengthShift = 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Literal(byte value) => ((uint)value << LiteralOrLengthShift) | (NoDistance << DistanceSymbolShift);

    /// <summary>A match; <paramref name="distanceSlots"/> are <see cref="DeflateAlphabet.DistanceSlots"/>, which a loop pins once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Match(int length, int distance, byte* distanceSlots)
    {
        var index = distance - 1;
        uint symbol = distanceSlots[index < 256 ? index : 256 + (index >> 7)];
        return ((uint)(FirstLength + length - DeflateAlphabet.MinMatch) << LiteralOrLengthShift) | (symbol << DistanceSymbolShift) | (uint)index;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LiteralOrLength(uint token) => (int)(token >> LiteralOrLengthShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DistanceSymbol(uint token) => (int)(token >> DistanceSymbolShift) & (DistanceSymbols - 1);
}
