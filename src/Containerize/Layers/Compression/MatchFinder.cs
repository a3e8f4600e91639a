using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>Finds earlier occurrences within 32 KiB: for each hash of 4 bytes, a bucket with the last two positions that had it.</summary>
/// <remarks>
/// A bucket is one word, the newest position lowest, and of each position it has the low 16 bits: inserting is a shift, and all
/// buckets together are the size of a CPU's nearest cache, which is worth more than what longer chains would find. A bucket that
/// was never used, or not for long, names places that have nothing to do with the hash: the bytes there decide, as they do
/// for hashes that collide.
/// Positions count from the start of the buffer and are inserted in order, each at most once. Loads are little-endian on every
/// machine, as hashes decide which matches are seen, and so the bytes. Reads go up to 8 bytes past the end of the data: the
/// caller zeroes them.
/// </remarks>
internal readonly unsafe struct MatchFinder(byte* data, uint* buckets)
{
    /// <summary>The number of buckets: more would find little more and miss the cache more often.</summary>
    public const int Buckets = 1 << HashBits;

    /// <summary>No match is shorter.</summary>
    public const int MinMatch = 4;

    private const int HashBits = 13;
    private const int PositionBits = 16;

    private readonly byte* _data = data;
    private readonly uint* _buckets = buckets;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Insert(int position)
    {
        var bucket = _buckets + Hash(Load32(_data + position));
        *bucket = (*bucket << PositionBits) | (ushort)position;
    }

    /// <summary>Inserts a position and finds the longest match there; of equally long ones the nearest.</summary>
    /// <param name="position">The position.</param>
    /// <param name="beat">Only longer matches count; at least <see cref="MinMatch"/> less 1.</param>
    /// <param name="most">No match is longer: 258, or what is left.</param>
    /// <param name="good">The search ends with a match of this length.</param>
    /// <param name="depth">The most positions that are tried: up to two.</param>
    /// <returns>The length from bit 16, the distance below; 0 where there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint InsertAndFind(int position, int beat, int most, int good, int depth)
    {
        var current = _data + position;
        var bucket = _buckets + Hash(Load32(current));
        var candidates = *bucket;
        *bucket = (candidates << PositionBits) | (ushort)position;

        var reach = (uint)Math.Min(position, DeflateAlphabet.Window);
        var best = beat;
        var found = 0u;
        // The four bytes that end where a longer match must reach decide most candidates at once.
        var tail = Load32(current + best + 1 - sizeof(uint));
        for (; depth > 0; depth--, candidates >>= PositionBits)
        {
            var distance = (uint)(ushort)(position - (int)candidates);
            // Out of reach, and those behind it are older still. A distance of 0 is one of 65,536.
            if (distance - 1 >= reach)
            {
                break;
            }

            var other = current - distance;
            if (Load32(other + best + 1 - sizeof(uint)) != tail)
            {
                continue;
            }

            var length = MatchLength(current, other, most);
            if (length > best)
            {
                best = length;
                found = ((uint)length << 16) | distance;
                if (length >= good)
                {
                    break;
                }

                tail = Load32(current + best + 1 - sizeof(uint));
            }
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(byte* current, byte* other, int most)
    {
        var length = 0;
        while (length < most)
        {
            var difference = Load64(current + length) ^ Load64(other + length);
            if (difference != 0)
            {
                return Math.Min(most, length + (BitOperations.TrailingZeroCount(difference) >> 3));
            }

            length += 8;
        }

        return most;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(uint sequence) => (int)((sequence * 0x9E37_79B1u) >> (32 - HashBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Load32(byte* at)
    {
        var value = Unsafe.ReadUnaligned<uint>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load64(byte* at)
    {
        var value = Unsafe.ReadUnaligned<ulong>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}
