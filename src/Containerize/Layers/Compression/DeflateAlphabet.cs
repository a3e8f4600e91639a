namespace Containerize.Layers.Compression;

/// <summary>The symbols of deflate and what they stand for (RFC 1951 sections 3.2.5 and 3.2.6).</summary>
internal static class DeflateAlphabet
{
    public const int MinMatch = 3;
    public const int MaxMatch = 258;
    public const int Lengths = MaxMatch - MinMatch + 1;
    public const int Window = 32768;
    public const int MaxCodeLength = 15;

    public const int EndOfBlock = 256;
    public const int FirstLengthSymbol = 257;
    public const int LiteralSymbols = 286;
    public const int DistanceSymbols = 30;

    /// <summary>Match length less 3 to the number of its length symbol, 0 to 28.</summary>
    public static readonly byte[] LengthSlots = new byte[Lengths];

    /// <summary>Length slot to the number of extra bits.</summary>
    public static readonly byte[] LengthExtraBits = new byte[29];

    /// <summary>Length slot to the smallest length less 3.</summary>
    public static readonly byte[] LengthBases = new byte[29];

    /// <summary>Distance less 1, when below 256, else 256 + (distance less 1)/128, to the distance symbol.</summary>
    public static readonly byte[] DistanceSlots = new byte[512];

    /// <summary>Distance symbol to the number of extra bits.</summary>
    public static readonly byte[] DistanceExtraBits = new byte[DistanceSymbols];

    /// <summary>Distance symbol to the smallest distance less 1.</summary>
    public static readonly ushort[] DistanceBases = new ushort[DistanceSymbols];

    static DeflateAlphabet()
    {
        var length = 0;
        for (var slot = 0; slot < 28; slot++)
        {
            var extra = slot < 8 ? 0 : (slot >> 2) - 1;
            LengthExtraBits[slot] = (byte)extra;
            LengthBases[slot] = (byte)length;
            for (var i = 0; i < 1 << extra && length < LengthSlots.Length; i++)
            {
                LengthSlots[length++] = (byte)slot;
            }
        }

        // 258 has a symbol of its own although slot 27 could reach it.
        LengthBases[28] = MaxMatch - MinMatch;
        LengthSlots[MaxMatch - MinMatch] = 28;

        var distance = 0;
        for (var symbol = 0; symbol < DistanceSymbols; symbol++)
        {
            var extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
            DistanceExtraBits[symbol] = (byte)extra;
            DistanceBases[symbol] = (ushort)distance;
            for (var end = distance + (1 << extra); distance < end; distance++)
            {
                DistanceSlots[distance < 256 ? distance : 256 + (distance >> 7)] = (byte)symbol;
            }
        }
    }
}
