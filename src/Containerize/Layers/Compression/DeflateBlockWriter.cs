namespace Containerize.Layers.Compression;

/// <summary>Writes a run of tokens as the smallest of the three kinds of block (RFC 1951 sections 3.2.4, 3.2.6 and 3.2.7).</summary>
internal sealed unsafe class DeflateBlockWriter
{
    private const int LongestStored = 65535;
    private const int StoredKind = 0;
    private const int FixedKind = 1;
    private const int DynamicKind = 2;

    private static readonly HuffmanCode FixedLiterals = MakeFixedLiterals();
    private static readonly HuffmanCode FixedDistances = MakeFixedDistances();

    private readonly HuffmanCode _literalCode = new(DeflateAlphabet.LiteralSymbols, DeflateAlphabet.MaxCodeLength);
    private readonly HuffmanCode _distanceCode = new(DeflateAlphabet.DistanceSymbols, DeflateAlphabet.MaxCodeLength);
    private readonly CodeLengthWriter _codeLengths = new();

    // What a token says of literal or length to the symbol's code and the extra bits after it; how many bits these are, from bit 24.
    private readonly uint[] _literalAndLengthCodes = new uint[Token.LiteralsAndLengths];

    // Distance symbol to its code; how many bits that is, from bit 16; how many extra bits follow, from bit 24.
    private readonly uint[] _distanceCodes = new uint[DeflateAlphabet.DistanceSymbols];

    /// <summary>Writes a block.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tokens">What the block holds.</param>
    /// <param name="counts">The counts of these tokens; the end of the block is added here.</param>
    /// <param name="bytes">The same content, unpacked.</param>
    /// <param name="last">Whether the deflate stream ends with it.</param>
    public void Write(ref BitWriter writer, ReadOnlySpan<uint> tokens, SymbolCounts counts, ReadOnlySpan<byte> bytes, bool last)
    {
        counts.Literals[DeflateAlphabet.EndOfBlock] = 1;
        _literalCode.Build(counts.Literals);
        _distanceCode.Build(counts.Distances);
        _codeLengths.Prepare(_literalCode.Lengths, _distanceCode.Lengths);

        var extraBits = ExtraBits(counts);
        var dynamicBits = _codeLengths.Bits + _literalCode.Cost(counts.Literals) + _distanceCode.Cost(counts.Distances) + extraBits;
        var fixedBits = FixedLiterals.Cost(counts.Literals) + FixedDistances.Cost(counts.Distances) + extraBits;
        // Up to 7 bits to the byte boundary and 32 of length, for each piece.
        var storedBits = (8L * bytes.Length) + (39L * ((bytes.Length + LongestStored - 1) / LongestStored));

        if (storedBits <= Math.Min(dynamicBits, fixedBits) && bytes.Length > 0)
        {
            WriteStored(ref writer, bytes, last);
        }
        else if (fixedBits <= dynamicBits)
        {
            PutHeader(ref writer, FixedKind, last);
            WriteTokens(ref writer, tokens, FixedLiterals, FixedDistances);
        }
        else
        {
            PutHeader(ref writer, DynamicKind, last);
            _codeLengths.Write(ref writer);
            WriteTokens(ref writer, tokens, _literalCode, _distanceCode);
        }
    }

    /// <summary>Ends a segment that others follow: an empty stored block, after which the stream is at a byte boundary.</summary>
    public static void WriteBoundary(ref BitWriter writer)
    {
        PutHeader(ref writer, StoredKind, last: false);
        writer.AlignToByte();
        writer.Put(0xFFFF_0000, 32);
        writer.Flush();
    }

    private static void PutHeader(ref BitWriter writer, int kind, bool last)
    {
        writer.Put((last ? 1u : 0u) | ((uint)kind << 1), 3);
        writer.Flush();
    }

    private static void WriteStored(ref BitWriter writer, ReadOnlySpan<byte> bytes, bool last)
    {
        fixed (byte* source = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var size = Math.Min(LongestStored, bytes.Length - done);
                PutHeader(ref writer, StoredKind, last && done + size == bytes.Length);
                writer.AlignToByte();
                writer.Put((uint)size | ((uint)(ushort)~size << 16), 32);
                writer.Flush();
                writer.PutBytes(source + done, size);
                done += size;
            }
        }
    }

    private void WriteTokens(ref BitWriter target, ReadOnlySpan<uint> tokens, HuffmanCode literals, HuffmanCode distances)
    {
        PrepareLiteralAndLengthCodes(literals);
        PrepareDistanceCodes(distances);
        // A copy, which the JIT can keep in registers.
        var writer = target;
        fixed (uint* first = tokens, literalAndLengthCodes = _literalAndLengthCodes, distanceCodes = _distanceCodes)
        {
            for (var i = 0; i < tokens.Length; i++)
            {
                var token = first[i];
                var literalOrLength = Token.LiteralOrLength(token);
                var code = literalAndLengthCodes[literalOrLength];
                writer.Put(code & 0xFF_FFFF, (int)(code >> 24));
                if (literalOrLength >= Token.FirstLength)
                {
                    var distance = distanceCodes[Token.DistanceSymbol(token)];
                    var extraBits = (int)(distance >> 24);
                    writer.Put((ushort)distance, (byte)(distance >> 16));
                    // The smallest distance of a symbol has zeros where the extra bits are.
                    writer.Put(token & ((1u << extraBits) - 1), extraBits);
                }

                writer.Flush();
            }
        }

        writer.Put(literals.Codes[DeflateAlphabet.EndOfBlock], literals.Lengths[DeflateAlphabet.EndOfBlock]);
        writer.Flush();
        target = writer;
    }

    private void PrepareLiteralAndLengthCodes(HuffmanCode literals)
    {
        for (var literal = 0; literal < Token.FirstLength; literal++)
        {
            _literalAndLengthCodes[literal] = literals.Codes[literal] | ((uint)literals.Lengths[literal] << 24);
        }

        for (var index = 0; index < DeflateAlphabet.Lengths; index++)
        {
            var slot = DeflateAlphabet.LengthSlots[index];
            var symbol = DeflateAlphabet.FirstLengthSymbol + slot;
            var codeBits = literals.Lengths[symbol];
            var extra = (uint)(index - DeflateAlphabet.LengthBases[slot]);
            _literalAndLengthCodes[Token.FirstLength + index] =
                literals.Codes[symbol] | (extra << codeBits) | ((uint)(codeBits + DeflateAlphabet.LengthExtraBits[slot]) << 24);
        }
    }

    private void PrepareDistanceCodes(HuffmanCode distances)
    {
        for (var symbol = 0; symbol < _distanceCodes.Length; symbol++)
        {
            _distanceCodes[symbol] =
                distances.Codes[symbol] | ((uint)distances.Lengths[symbol] << 16) | ((uint)DeflateAlphabet.DistanceExtraBits[symbol] << 24);
        }
    }

    private static long ExtraBits(SymbolCounts counts)
    {
        var bits = 0L;
        for (var slot = 0; slot < DeflateAlphabet.LengthExtraBits.Length; slot++)
        {
            bits += (long)counts.Literals[DeflateAlphabet.FirstLengthSymbol + slot] * DeflateAlphabet.LengthExtraBits[slot];
        }

        for (var slot = 0; slot < DeflateAlphabet.DistanceSymbols; slot++)
        {
            bits += (long)counts.Distances[slot] * DeflateAlphabet.DistanceExtraBits[slot];
        }

        return bits;
    }

    private static HuffmanCode MakeFixedLiterals()
    {
        // 288 symbols, of which the last two never occur but take part in the code.
        Span<byte> lengths = stackalloc byte[288];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        var code = new HuffmanCode(lengths.Length, DeflateAlphabet.MaxCodeLength);
        code.Use(lengths);
        return code;
    }

    private static HuffmanCode MakeFixedDistances()
    {
        Span<byte> lengths = stackalloc byte[32];
        lengths.Fill(5);
        var code = new HuffmanCode(lengths.Length, DeflateAlphabet.MaxCodeLength);
        code.Use(lengths);
        return code;
    }
}
