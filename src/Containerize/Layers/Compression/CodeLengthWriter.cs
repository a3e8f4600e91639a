namespace Containerize.Layers.Compression;

/// <summary>Writes the code lengths at the head of a dynamic block (RFC 1951 section 3.2.7): run lengths, themselves Huffman coded.</summary>
internal sealed class CodeLengthWriter
{
    private const int Symbols = 19;
    private const int Repeat = 16;
    private const int ShortZeros = 17;
    private const int LongZeros = 18;

    private readonly HuffmanCode _code = new(Symbols, longest: 7);
    private readonly uint[] _counts = new uint[Symbols];
    private readonly byte[] _lengths = new byte[DeflateAlphabet.LiteralSymbols + DeflateAlphabet.DistanceSymbols];

    // A symbol, and from bit 8 the value of its extra bits.
    private readonly ushort[] _items = new ushort[DeflateAlphabet.LiteralSymbols + DeflateAlphabet.DistanceSymbols];
    private int _itemCount;
    private int _literalCount;
    private int _distanceCount;
    private int _codeCount;

    /// <summary>The size of what <see cref="Write"/> writes, in bits.</summary>
    public long Bits { get; private set; }

    private static ReadOnlySpan<byte> Order => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Takes the lengths of both codes.</summary>
    public void Prepare(ReadOnlySpan<byte> literals, ReadOnlySpan<byte> distances)
    {
        _literalCount = Math.Max(257, literals.LastIndexOfAnyExcept((byte)0) + 1);
        _distanceCount = Math.Max(1, distances.LastIndexOfAnyExcept((byte)0) + 1);
        literals[.._literalCount].CopyTo(_lengths);
        distances[.._distanceCount].CopyTo(_lengths.AsSpan(_literalCount));
        FindRuns(_lengths.AsSpan(0, _literalCount + _distanceCount));

        _code.Build(_counts);
        _codeCount = Symbols;
        while (_codeCount > 4 && _code.Lengths[Order[_codeCount - 1]] == 0)
        {
            _codeCount--;
        }

        Bits = 14 + (3 * _codeCount) + _code.Cost(_counts) + (2 * _counts[Repeat]) + (3 * _counts[ShortZeros]) + (7 * _counts[LongZeros]);
    }

    /// <summary>Writes what was prepared.</summary>
    public void Write(ref BitWriter writer)
    {
        writer.Put((uint)(_literalCount - 257), 5);
        writer.Put((uint)(_distanceCount - 1), 5);
        writer.Put((uint)(_codeCount - 4), 4);
        writer.Flush();
        for (var i = 0; i < _codeCount; i++)
        {
            writer.Put(_code.Lengths[Order[i]], 3);
            writer.Flush();
        }

        for (var i = 0; i < _itemCount; i++)
        {
            var symbol = _items[i] & 0xFF;
            writer.Put(_code.Codes[symbol], _code.Lengths[symbol]);
            writer.Put((uint)_items[i] >> 8, symbol switch { Repeat => 2, ShortZeros => 3, LongZeros => 7, _ => 0 });
            writer.Flush();
        }
    }

    private void FindRuns(ReadOnlySpan<byte> all)
    {
        _itemCount = 0;
        Array.Clear(_counts);
        for (var i = 0; i < all.Length;)
        {
            var length = all[i];
            var run = 1;
            while (i + run < all.Length && all[i + run] == length)
            {
                run++;
            }

            i += run;
            if (length != 0)
            {
                Add(length, 0);
                run--;
            }

            while (run >= 3)
            {
                var (symbol, least, most) = length != 0 ? (Repeat, 3, 6) : run < 11 ? (ShortZeros, 3, 10) : (LongZeros, 11, 138);
                var taken = Math.Min(run, most);
                Add(symbol, taken - least);
                run -= taken;
            }

            for (; run > 0; run--)
            {
                Add(length, 0);
            }
        }
    }

    private void Add(int symbol, int extra)
    {
        _counts[symbol]++;
        _items[_itemCount++] = (ushort)(symbol | (extra << 8));
    }
}
