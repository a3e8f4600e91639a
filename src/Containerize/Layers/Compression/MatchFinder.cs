using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>Finds earlier occurrences within 32 KiB: chains of positions with the same hash of 4 bytes, and the last one for each hash of 3.</summary>
/// <remarks>
/// Positions count from the start of the buffer, and every one is inserted, in order, once. Loads are little-endian on every
/// machine, as hashes decide which matches are seen, and so the bytes. Reads go up to 8 bytes past the end of the data: the
/// caller zeroes them.
/// </remarks>
internal unsafe struct MatchFinder
{
    public const int Hash4Bits = 15;
    public const int Hash3Bits = 14;

    /// <summary>In the tables: nothing yet; out of reach of every position.</summary>
    public const int Nowhere = -2 * DeflateAlphabet.Window;

    // A match of 3 from further away costs about as much as three literals.
    private const int FarthestOf3 = 4096;
    private const int Mask = DeflateAlphabet.Window - 1;

    private readonly byte* _data;
    private readonly int* _heads4;
    private readonly int* _heads3;

    // For the position with these low 15 bits: how far back the previous one of its chain is.
    private readonly ushort* _steps;

    public MatchFinder(byte* data, int* heads4, int* heads3, ushort* steps)
    {
        _data = data;
        _heads4 = heads4;
        _heads3 = heads3;
        _steps = steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Insert(int position)
    {
        var sequence = Load32(_data + position);
        var hash = Hash4(sequence);
        _heads3[Hash3(sequence)] = position;
        _steps[position & Mask] = (ushort)Math.Min(position - _heads4[hash], ushort.MaxValue);
        _heads4[hash] = position;
    }

    /// <summary>Inserts a position and finds the longest match there; of equally long ones the nearest.</summary>
    /// <param name="position">The position.</param>
    /// <param name="beat">Only longer matches count.</param>
    /// <param name="most">No match is longer: 258, or what is left.</param>
    /// <param name="good">The search ends with a match of this length.</param>
    /// <param name="depth">The most positions that are tried.</param>
    /// <returns>The length from bit 16, the distance below; 0 where there is none.</returns>
    public readonly uint InsertAndFind(int position, int beat, int most, int good, int depth)
    {
        var current = _data + position;
        var sequence = Load32(current);
        var hash3 = Hash3(sequence);
        var hash4 = Hash4(sequence);
        var near = _heads3[hash3];
        var candidate = _heads4[hash4];
        _heads3[hash3] = position;
        _heads4[hash4] = position;
        _steps[position & Mask] = (ushort)Math.Min(position - candidate, ushort.MaxValue);

        var best = beat;
        var found = 0u;
        if (best < 3)
        {
            if (position - near <= FarthestOf3 && ((Load32(_data + near) ^ sequence) & 0xFF_FFFF) == 0)
            {
                found = (3u << 16) | (uint)(position - near);
            }

            best = 3;
        }

        var oldest = position - DeflateAlphabet.Window;
        var tail = Load32(current + best - 3);
        while (candidate >= oldest)
        {
            // The four bytes that end where a longer match must reach decide most candidates at once.
            var other = _data + candidate;
            if (Load32(other + best - 3) == tail && Load32(other) == sequence)
            {
                var length = MatchLength(current, other, most);
                if (length > best)
                {
                    best = length;
                    found = ((uint)length << 16) | (uint)(position - candidate);
                    if (length >= good)
                    {
                        break;
                    }

                    tail = Load32(current + best - 3);
                }
            }

            if (--depth == 0)
            {
                break;
            }

            candidate -= _steps[candidate & Mask];
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(byte* current, byte* other, int most)
    {
        var length = 4;
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
    private static int Hash4(uint sequence) => (int)((sequence * 0x9E37_79B1u) >> (32 - Hash4Bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash3(uint sequence) => (int)(((sequence << 8) * 0x9E37_79B1u) >> (32 - Hash3Bits));

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
