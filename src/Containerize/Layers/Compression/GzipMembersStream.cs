using System.IO.Compression;
using Containerize.Streams;

namespace Containerize.Layers.Compression;

/// <summary>Reads gzip members, and fails where the last one is cut off, which GZipStream takes for an end.</summary>
/// <remarks>
/// A member of our own follows the blob. Its content comes out last only if all before it was whole; it is held back until
/// then, and never given on.
/// </remarks>
internal sealed class GzipMembersStream : ForwardReader
{
    private static readonly byte[] Mark = [0xC7, 0x5A, 0x31, 0xE8, 0x0D, 0x94, 0x6B, 0xF2, 0x17, 0xA9, 0x4E, 0xD3, 0x70, 0x8C, 0x25, 0xBE];
    private static readonly byte[] MarkMember = MakeMarkMember();

    private readonly PeekedStream _blob;
    private readonly GZipStream _members;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _from;
    private int _to;
    private bool _ended;

    public GzipMembersStream(PeekedStream blob)
    {
        _blob = blob;
        _blob.Tail = MarkMember;
        _members = new GZipStream(blob, CompressionMode.Decompress);
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _to - _from <= Mark.Length)
        {
            Fill();
        }

        var count = Math.Min(buffer.Length, _to - _from - (_ended ? 0 : Mark.Length));
        _buffer.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    // Unpacking takes the processor's time, and GZipStream reads the blob while the caller waits: so not on the caller's thread.
    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(buffer.Span), cancellationToken);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _members.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        _buffer.AsSpan(_from.._to).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        int count;
        try
        {
            count = _members.Read(_buffer.AsSpan(_to));
        }
        catch (InvalidDataException e) when (_blob.IsInTail)
        {
            throw new EndOfStreamException(e.Message, e);
        }

        _to += count;
        if (count == 0)
        {
            _ended = true;
            if (!_buffer.AsSpan(_from.._to).EndsWith(Mark))
            {
                throw _blob.IsInTail ? new EndOfStreamException() : new InvalidDataException();
            }

            _to -= Mark.Length;
        }
    }

    private static byte[] MakeMarkMember()
    {
        using var member = new MemoryStream();
        using (var writer = new GzipWriter(member, threads: 1))
        {
            writer.Write(Mark);
        }

        return member.ToArray();
    }
}
