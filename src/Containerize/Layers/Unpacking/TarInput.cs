using System.Security.Cryptography;
using Containerize.Oci;

namespace Containerize.Layers.Unpacking;

/// <summary>The bytes of a tar in order, in blocks and in pieces, each hashed once.</summary>
internal sealed class TarInput(ReadAhead tar, UnpackErrors errors, CancellationToken cancellationToken) : IDisposable
{
    public const int BlockSize = 512;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlyMemory<byte> _piece;
    private long _passed;
    private bool _ended;

    /// <summary>How far it was read, in bytes.</summary>
    public long Position => _passed - _piece.Length;

    /// <summary>The next block; empty at the end. Good until more is read.</summary>
    public ReadOnlySpan<byte> Block()
    {
        if (_piece.IsEmpty && !Fill())
        {
            return [];
        }

        // Pieces are whole blocks, but for the last.
        if (_piece.Length < BlockSize)
        {
            throw errors.Damaged(Position, "it ends within a header");
        }

        var block = _piece.Span[..BlockSize];
        _piece = _piece[BlockSize..];
        return block;
    }

    /// <summary>The next bytes, at least one and at most so many. Good until more is read.</summary>
    public ReadOnlySpan<byte> Some(long most)
    {
        if (_piece.IsEmpty && !Fill())
        {
            throw errors.Damaged(Position, "it ends within an entry");
        }

        var some = _piece.Span[..(int)Math.Min(most, _piece.Length)];
        _piece = _piece[some.Length..];
        return some;
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(long count)
    {
        while (count > 0)
        {
            count -= Some(count).Length;
        }
    }

    /// <summary>Reads what follows the end of the archive too; gives the digest of all.</summary>
    public Digest Finish()
    {
        do
        {
            _piece = default;
        }
        while (Fill());
        return Digest.FromHash(_hash.GetHashAndReset());
    }

    /// <inheritdoc />
    public void Dispose() => _hash.Dispose();

    private bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        _piece = tar.Next(cancellationToken);
        _ended = _piece.IsEmpty;
        _hash.AppendData(_piece.Span);
        _passed += _piece.Length;
        return !_ended;
    }
}
