using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>What the parser found, in 32 bits: a literal's byte, or a match: bit 31, length less 3 from bit 16, distance less 1 from bit 0.</summary>
internal static class Token
{
    /// <summary>Every token from here on is a match.</summary>
    public const uint FirstMatch = 0x8000_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Match(int length, int distance) => FirstMatch | ((uint)(length - DeflateAlphabet.MinMatch) << 16) | (uint)(distance - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LengthIndex(uint token) => (int)(token >> 16) & 0xFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DistanceIndex(uint token) => (int)(token & 0x7FFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DistanceSlot(uint token)
    {
        var distance = DistanceIndex(token);
        return DeflateAlphabet.DistanceSlots[distance < 256 ? distance : 256 + (distance >> 7)];
    }
}
