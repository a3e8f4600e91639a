using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Containerize.Layers.Compression;

/// <summary>Writes bits, least significant first, as deflate wants them (RFC 1951 section 3.1.1).</summary>
/// <remarks>
/// Nothing is checked: each flush stores eight bytes, so the caller's buffer has that much room after its last byte.
/// At most 56 bits may be put between two flushes.
/// </remarks>
internal unsafe struct BitWriter(byte* start)
{
    private readonly byte* first = start;
    private byte* next = start;
    private ulong bits;
    private int count;

    /// <summary>The whole bytes written; bits that were not flushed are not among them.</summary>
    public readonly int Length => (int)(next - first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(ulong value, int length)
    {
        bits |= value << count;
        count += length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Flush()
    {
        Unsafe.WriteUnaligned(next, BitConverter.IsLittleEndian ? bits : BinaryPrimitives.ReverseEndianness(bits));
        next += count >> 3;
        bits >>= count & 56;
        count &= 7;
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void AlignToByte()
    {
        Flush();
        count = (count + 7) & ~7;
        Flush();
    }

    /// <summary>Copies bytes; the writer must be at a byte boundary.</summary>
    public void PutBytes(byte* source, int length)
    {
        Unsafe.CopyBlockUnaligned(next, source, (uint)length);
        next += length;
    }
}
