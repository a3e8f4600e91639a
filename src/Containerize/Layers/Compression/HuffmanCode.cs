namespace Containerize.Layers.Compression;

/// <summary>A canonical prefix code with a longest allowed length (RFC 1951 section 3.2.2), made from symbol counts.</summary>
internal sealed class HuffmanCode
{
    private const int SymbolBits = 9;

    private readonly int _longest;
    private readonly uint[] _sorted;
    private readonly uint[] _weights;
    private readonly int[] _parents;
    private readonly int[] _lengthCounts = new int[DeflateAlphabet.MaxCodeLength + 2];

    /// <summary>Creates a code in which nothing is coded yet.</summary>
    public HuffmanCode(int symbols, int longest)
    {
        _longest = longest;
        Lengths = new byte[symbols];
        Codes = new ushort[symbols];
        _sorted = new uint[symbols];
        _weights = new uint[2 * symbols];
        _parents = new int[2 * symbols];
    }

    /// <summary>Symbol to the length of its code; 0 for a symbol that has none.</summary>
    public byte[] Lengths { get; }

    /// <summary>Symbol to its code, the first bit least significant.</summary>
    public ushort[] Codes { get; }

    /// <summary>Makes the code for these counts; it is always complete, with two symbols at least.</summary>
    public void Build(ReadOnlySpan<uint> counts)
    {
        Array.Clear(Lengths);
        Array.Clear(_lengthCounts);
        var used = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] != 0)
            {
                // The symbol is part of the key: no two are equal, so the order does not depend on how Sort works.
                _sorted[used++] = (counts[symbol] << SymbolBits) | (uint)symbol;
            }
        }

        if (used < 2)
        {
            // A code of one symbol is incomplete, which some decoders refuse: give another one, never used, the other bit.
            var only = used == 0 ? 0 : (int)(_sorted[0] & ((1 << SymbolBits) - 1));
            Lengths[only] = 1;
            Lengths[only == 0 ? 1 : 0] = 1;
            _lengthCounts[1] = 2;
        }
        else
        {
            _sorted.AsSpan(0, used).Sort();
            CountLengths(used);
            LimitLengths();
            AssignLengths();
        }

        AssignCodes();
    }

    /// <summary>Sets these lengths, which must make a complete code.</summary>
    public void Use(ReadOnlySpan<byte> lengths)
    {
        Array.Clear(_lengthCounts);
        lengths.CopyTo(Lengths);
        foreach (var length in lengths)
        {
            _lengthCounts[length]++;
        }

        _lengthCounts[0] = 0;
        AssignCodes();
    }

    /// <summary>The bits that symbols with these counts take in this code.</summary>
    public long Cost(ReadOnlySpan<uint> counts)
    {
        var bits = 0L;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            bits += (long)counts[symbol] * Lengths[symbol];
        }

        return bits;
    }

    // Huffman's tree with two queues: the sorted leaves, and the joined nodes, which are made in order of weight.
    private void CountLengths(int used)
    {
        for (var i = 0; i < used; i++)
        {
            _weights[i] = _sorted[i] >> SymbolBits;
        }

        var leaf = 0;
        var joined = used;
        var root = (2 * used) - 2;
        for (var node = used; node <= root; node++)
        {
            var weight = 0u;
            for (var child = 0; child < 2; child++)
            {
                var smallest = leaf < used && (joined == node || _weights[leaf] <= _weights[joined]) ? leaf++ : joined++;
                weight += _weights[smallest];
                _parents[smallest] = node;
            }

            _weights[node] = weight;
        }

        // From here on, parents holds depths: a parent is always behind its children.
        _parents[root] = 0;
        for (var node = root - 1; node >= 0; node--)
        {
            _parents[node] = _parents[_parents[node]] + 1;
            if (node < used)
            {
                _lengthCounts[Math.Min(_parents[node], _longest)]++;
            }
        }
    }

    // Leaves that were too deep now sit at the limit, which asks for more codes than there are. Each turn takes one of
    // them away and puts it beside a shallower leaf, one level further down: one code less, and the code stays complete.
    private void LimitLengths()
    {
        var codes = 0;
        for (var length = 1; length <= _longest; length++)
        {
            codes += _lengthCounts[length] << (_longest - length);
        }

        for (; codes > 1 << _longest; codes--)
        {
            var length = _longest - 1;
            while (_lengthCounts[length] == 0)
            {
                length--;
            }

            _lengthCounts[_longest]--;
            _lengthCounts[length]--;
            _lengthCounts[length + 1] += 2;
        }
    }

    private void AssignLengths()
    {
        var i = 0;
        for (var length = _longest; length > 0; length--)
        {
            for (var n = _lengthCounts[length]; n > 0; n--)
            {
                Lengths[_sorted[i++] & ((1 << SymbolBits) - 1)] = (byte)length;
            }
        }
    }

    private void AssignCodes()
    {
        Span<int> next = stackalloc int[DeflateAlphabet.MaxCodeLength + 2];
        next.Clear();
        for (var length = 1; length <= _longest; length++)
        {
            next[length + 1] = (next[length] + _lengthCounts[length]) << 1;
        }

        for (var symbol = 0; symbol < Lengths.Length; symbol++)
        {
            var length = Lengths[symbol];
            Codes[symbol] = length == 0 ? (ushort)0 : Reverse(next[length]++, length);
        }
    }

    private static ushort Reverse(int code, int length)
    {
        var reversed = 0;
        for (var i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | ((code >> i) & 1);
        }

        return (ushort)reversed;
    }
}
