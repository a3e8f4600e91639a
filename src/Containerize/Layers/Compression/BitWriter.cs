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
    private readonly byte* _first = start;
    private byte* _next = start;
    private ulong _bits;
    private int _count;

    /// <summary>The whole bytes written; bits that were not flushed are not among them.</summary>
    public readonly int Length => (int)(_next - _first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(ulong value, int length)
    {
        _bits |= value << _count;
        _count += length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Flush()
    {
        Unsafe.WriteUnaligned(_next, BitConverter.IsLittleEndian ? _bits : BinaryPrimitives.ReverseEndianness(_bits));
        _next += _count >> 3;
        _bits >>= _count & 56;
        _count &= 7;
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void AlignToByte()
    {
        Flush();
        _count = (_count + 7) & ~7;
        Flush();
    }

    /// <summary>Copies bytes; the writer must be at a byte boundary.</summary>
    public void PutBytes(byte* source, int length)
    {
        Unsafe.CopyBlockUnaligned(_next, source, (uint)length);
        _next += length;
    }
}
