using System.Numerics;
using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>Compresses segments of a deflate stream (RFC 1951), each on its own; one thread at a time.</summary>
/// <remarks>
/// Greedy with lazy evaluation: a match waits while the next position has one that saves more. Tokens come in chunks; a chunk
/// joins the block before it unless two blocks are smaller. Every decision is made in whole numbers, on the segment and the
/// 32 KiB before it alone: the bytes depend on nothing else.
/// </remarks>
internal sealed unsafe class DeflateCompressor
{
    /// <summary>The bytes after a segment that must be there, and are overwritten with zeros.</summary>
    public const int Padding = 16;

    private const int Depth = 8;
    private const int LazyDepth = 4;
    private const int GoodLength = 32;

    private const int ChunkTokens = 2048;
    private const int BlockTokens = 32 * ChunkTokens;

    // The last match of a chunk may be preceded by the literals that lazy evaluation put before it.
    private const int ChunkSlack = 2048;

    private readonly int[] _heads4 = new int[1 << MatchFinder.Hash4Bits];
    private readonly int[] _heads3 = new int[1 << MatchFinder.Hash3Bits];
    private readonly ushort[] _steps = new ushort[DeflateAlphabet.Window];
    private readonly uint[] _tokens = new uint[BlockTokens + ChunkTokens + ChunkSlack];
    private readonly DeflateBlockWriter _blocks = new();
    private SymbolCounts _block = new();
    private SymbolCounts _chunk = new();
    private SymbolCounts _sum = new();

    /// <summary>The most bytes that a segment of this size can take, with the room that writing needs.</summary>
    public static int OutputBound(int length) => length + (length / 64) + 256;

    /// <summary>Compresses a segment.</summary>
    /// <param name="buffer">What may be referred to, then the segment from <paramref name="start"/> to <paramref name="end"/>, then <see cref="Padding"/>.</param>
    /// <param name="start">Where the segment starts: at most 32 KiB.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="output">At least <see cref="OutputBound"/> bytes.</param>
    /// <param name="last">Whether the stream ends with it; otherwise it ends with an empty stored block at a byte boundary.</param>
    /// <returns>The size of the output in bytes.</returns>
    public int Compress(byte[] buffer, int start, int end, byte[] output, bool last)
    {
        buffer.AsSpan(end, Padding).Clear();
        Array.Fill(_heads4, MatchFinder.Nowhere);
        Array.Fill(_heads3, MatchFinder.Nowhere);
        fixed (byte* data = buffer, target = output)
        fixed (int* first4 = _heads4, first3 = _heads3)
        fixed (ushort* chain = _steps)
        {
            var finder = new MatchFinder(data, first4, first3, chain);
            for (var i = 0; i < start; i++)
            {
                finder.Insert(i);
            }

            var writer = new BitWriter(target);
            WriteBlocks(ref writer, finder, data, start, end, last);
            if (last)
            {
                writer.AlignToByte();
            }
            else
            {
                DeflateBlockWriter.WriteBoundary(ref writer);
            }

            return writer.Length;
        }
    }

    private void WriteBlocks(ref BitWriter writer, MatchFinder finder, byte* data, int start, int end, bool last)
    {
        var blockStart = start;
        var blockTokens = 0;
        var position = start;
        _block.Clear();
        while (position < end)
        {
            var chunkStart = position;
            var chunkTokens = Parse(finder, data, ref position, end, _tokens.AsSpan(blockTokens));
            _chunk.Clear();
            _chunk.Add(_tokens.AsSpan(blockTokens, chunkTokens));
            _chunk.EstimateBits();
            if (blockTokens == 0)
            {
                (_block, _chunk) = (_chunk, _block);
                blockTokens = chunkTokens;
                continue;
            }

            _sum.SetSum(_block, _chunk);
            if (blockTokens < BlockTokens - ChunkSlack - ChunkTokens && _sum.EstimateBits() <= _block.Bits + _chunk.Bits)
            {
                (_block, _sum) = (_sum, _block);
                blockTokens += chunkTokens;
                continue;
            }

            _blocks.Write(ref writer, _tokens.AsSpan(0, blockTokens), _block, new ReadOnlySpan<byte>(data + blockStart, chunkStart - blockStart), last: false);
            _tokens.AsSpan(blockTokens, chunkTokens).CopyTo(_tokens);
            (_block, _chunk) = (_chunk, _block);
            blockTokens = chunkTokens;
            blockStart = chunkStart;
        }

        if (blockTokens > 0 || last)
        {
            _blocks.Write(ref writer, _tokens.AsSpan(0, blockTokens), _block, new ReadOnlySpan<byte>(data + blockStart, end - blockStart), last);
        }
    }

    private static int Parse(MatchFinder finder, byte* data, ref int from, int end, Span<uint> _tokens)
    {
        var count = 0;
        var position = from;
        var searchEnd = end - 4;
        fixed (uint* target = _tokens)
        {
            while (position < end && count < ChunkTokens)
            {
                if (position > searchEnd)
                {
                    target[count++] = data[position++];
                    continue;
                }

                var match = finder.InsertAndFind(position, 2, Math.Min(DeflateAlphabet.MaxMatch, end - position), GoodLength, Depth);
                if (match == 0)
                {
                    target[count++] = data[position++];
                    continue;
                }

                var inserted = position + 1;
                while ((match >> 16) < GoodLength && inserted <= searchEnd)
                {
                    var most = Math.Min(DeflateAlphabet.MaxMatch, end - inserted);
                    var next = finder.InsertAndFind(inserted++, (int)(match >> 16) - 1, most, GoodLength, LazyDepth);
                    if (next == 0 || Worth(next) <= Worth(match) + 2)
                    {
                        break;
                    }

                    target[count++] = data[position++];
                    match = next;
                }

                var length = (int)(match >> 16);
                target[count++] = Token.Match(length, (int)(match & 0xFFFF));
                position += length;
                for (var insertEnd = Math.Min(position, searchEnd + 1); inserted < insertEnd; inserted++)
                {
                    finder.Insert(inserted);
                }
            }
        }

        from = position;
        return count;
    }

    // In quarters of a literal: each byte of length is worth one, each bit of distance costs a little.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Worth(uint match) => (4 * (int)(match >> 16)) - BitOperations.Log2(match & 0xFFFF);
}
