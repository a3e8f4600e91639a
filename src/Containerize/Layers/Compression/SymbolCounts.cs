namespace Containerize.Layers.Compression;

/// <summary>How often each symbol occurs in a run of tokens, and what a run with such counts would cost as one block.</summary>
internal sealed unsafe class SymbolCounts
{
    private const int BlockHeaderBits = 100;
    private const int BitsPerUsedSymbol = 4;

    private readonly uint[] _literalsAndLengths = new uint[Token.LiteralsAndLengths];
    private readonly uint[] _distances = new uint[Token.DistanceSymbols];

    /// <summary>Literals, the end of the block and match lengths.</summary>
    public uint[] Literals { get; } = new uint[DeflateAlphabet.LiteralSymbols];

    /// <summary>Match distances.</summary>
    public uint[] Distances { get; } = new uint[DeflateAlphabet.DistanceSymbols];

    /// <summary>The estimate that <see cref="EstimateBits"/> gave last.</summary>
    public long Bits { get; private set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(Literals);
        Array.Clear(Distances);
    }

    /// <summary>Becomes the counts of tokens.</summary>
    public void SetTo(ReadOnlySpan<uint> tokens)
    {
        Array.Clear(_literalsAndLengths);
        Array.Clear(_distances);
        fixed (uint* first = tokens, literalsAndLengths = _literalsAndLengths, distances = _distances)
        {
            for (var i = 0; i < tokens.Length; i++)
            {
                literalsAndLengths[Token.LiteralOrLength(first[i])]++;
                distances[Token.DistanceSymbol(first[i])]++;
            }
        }

        Array.Clear(Literals);
        Array.Copy(_literalsAndLengths, Literals, Token.FirstLength);
        Array.Copy(_distances, Distances, Distances.Length);
        for (var index = 0; index < DeflateAlphabet.Lengths; index++)
        {
            Literals[DeflateAlphabet.FirstLengthSymbol + DeflateAlphabet.LengthSlots[index]] += _literalsAndLengths[Token.FirstLength + index];
        }
    }

    /// <summary>Becomes the sum of both.</summary>
    public void SetSum(SymbolCounts a, SymbolCounts b)
    {
        for (var i = 0; i < Literals.Length; i++)
        {
            Literals[i] = a.Literals[i] + b.Literals[i];
        }

        for (var i = 0; i < Distances.Length; i++)
        {
            Distances[i] = a.Distances[i] + b.Distances[i];
        }
    }

    /// <summary>Estimates the size as a dynamic block, in bits without the extra bits of lengths and distances.</summary>
    public long EstimateBits()
    {
        var used = 0;
        var bits = Entropy(Literals, ref used) + Entropy(Distances, ref used);
        return Bits = (bits >> FixedPointLog.FractionBits) + BlockHeaderBits + (BitsPerUsedSymbol * used);
    }

    private static long Entropy(uint[] counts, ref int used)
    {
        var total = 0u;
        var sum = 0L;
        foreach (var count in counts)
        {
            if (count != 0)
            {
                used++;
                total += count;
                sum += FixedPointLog.TimesLog2(count);
            }
        }

        return FixedPointLog.TimesLog2(total) - sum;
    }
}
