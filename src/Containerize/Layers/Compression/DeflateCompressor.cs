using System.Numerics;
using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>Compresses segments of a deflate stream (RFC 1951), each on its own; one thread at a time.</summary>
/// <remarks>
/// Greedy with lazy evaluation: a match waits while the next position has one that saves more. Where nothing is found for long,
/// fewer and fewer positions are tried. Tokens come in chunks; a chunk joins the block before it unless two blocks are
/// smaller. Every decision is made in whole numbers, on the segment and the
/// 32 KiB before it alone: the bytes depend on nothing else.
/// </remarks>
internal sealed unsafe class DeflateCompressor
{
    /// <summary>The bytes after a segment that must be there, and are overwritten with zeros.</summary>
    public const int Padding = 16;

    private const int Depth = 2;
    private const int LazyDepth = 1;
    private const int GoodLength = 16;

    // After each 64 positions in a row that have no match, one more is passed over with the next: what is compressed already
    // stays so, and is left behind fast. A chunk starts anew, which bounds it.
    private const int PatienceBits = 6;

    private const int ChunkTokens = 2048;
    private const int BlockTokens = 32 * ChunkTokens;

    // The last match of a chunk may be preceded by the literals that lazy evaluation put before it, or be literals passed over.
    private const int ChunkSlack = 2048;

    private readonly uint[] _buckets = new uint[MatchFinder.Buckets];
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
        Array.Clear(_buckets);
        fixed (byte* data = buffer, target = output)
        fixed (uint* buckets = _buckets)
        {
            var finder = new MatchFinder(data, buckets);
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
            _chunk.SetTo(_tokens.AsSpan(blockTokens, chunkTokens));
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

    private static int Parse(MatchFinder finder, byte* data, ref int from, int end, Span<uint> tokens)
    {
        var count = 0;
        var misses = 0;
        var position = from;
        var searchEnd = end - MatchFinder.MinMatch;
        fixed (uint* target = tokens)
        fixed (byte* distanceSlots = DeflateAlphabet.DistanceSlots)
        {
            while (position < end && count < ChunkTokens)
            {
                var match = position > searchEnd
                    ? 0
                    : finder.InsertAndFind(position, MatchFinder.MinMatch - 1, LongestAt(position, end), GoodLength, Depth);
                if (match == 0)
                {
                    for (var literals = Math.Min(1 + (misses++ >> PatienceBits), end - position); literals > 0; literals--)
                    {
                        target[count++] = Token.Literal(data[position++]);
                    }

                    continue;
                }

                misses = 0;
                var inserted = position + 1;
                while (LengthOf(match) < GoodLength && inserted <= searchEnd)
                {
                    var next = finder.InsertAndFind(inserted, LengthOf(match) - 1, LongestAt(inserted, end), GoodLength, LazyDepth);
                    inserted++;
                    if (next == 0 || Worth(next) <= Worth(match) + 2)
                    {
                        break;
                    }

                    target[count++] = Token.Literal(data[position++]);
                    match = next;
                }

                target[count++] = Token.Match(LengthOf(match), DistanceOf(match), distanceSlots);
                position += LengthOf(match);
                for (var insertEnd = Math.Min(position, searchEnd + 1); inserted < insertEnd; inserted++)
                {
                    finder.Insert(inserted);
                }
            }
        }

        from = position;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LongestAt(int position, int end) => Math.Min(DeflateAlphabet.MaxMatch, end - position);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LengthOf(uint match) => (int)(match >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DistanceOf(uint match) => (int)(match & 0xFFFF);

    // In quarters of a literal: each byte of length is worth one, each bit of distance costs a little.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Worth(uint match) => (4 * LengthOf(match)) + BitOperations.LeadingZeroCount((uint)DistanceOf(match));
}
