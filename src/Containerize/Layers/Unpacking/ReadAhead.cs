using System.Buffers;
using Containerize.Threading;

namespace Containerize.Layers.Unpacking;

/// <summary>Reads a stream on a thread of its own, a few pieces ahead: inflating takes as long as hashing and writing do.</summary>
internal sealed class ReadAhead : IDisposable
{
    /// <summary>The bytes of every piece but the last; whole blocks of a tar.</summary>
    public const int PieceSize = 256 * 1024;

    private const int Pieces = 4;

    private readonly Stream _stream;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _room = new(Pieces);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Queue<Piece> _filled = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<object> _reading;
    private Piece? _taken;

    public ReadAhead(Stream stream)
    {
        _stream = stream;
        _reading = Background.Run(Read);
    }

    /// <summary>The next piece, which is good until the one after it; empty at the end.</summary>
    public ReadOnlyMemory<byte> Next(CancellationToken cancellationToken)
    {
        GiveBack();
        _ready.Wait(cancellationToken);
        Piece piece;
        lock (_gate)
        {
            piece = _filled.Dequeue();
        }

        if (piece.Failure is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        _taken = piece;
        return piece.Bytes.AsMemory(0, piece.Length);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        Background.Settle(_reading);
        GiveBack();
        foreach (var piece in _filled)
        {
            ArrayPool<byte>.Shared.Return(piece.Bytes);
        }

        _stop.Dispose();
        _room.Dispose();
        _ready.Dispose();
    }

    private void GiveBack()
    {
        if (_taken is { } taken)
        {
            ArrayPool<byte>.Shared.Return(taken.Bytes);
            _taken = null;
            _room.Release();
        }
    }

    private object Read()
    {
        try
        {
            for (var more = true; more;)
            {
                _room.Wait(_stop.Token);
                var piece = new Piece(ArrayPool<byte>.Shared.Rent(PieceSize));
                try
                {
                    piece.Length = _stream.ReadAtLeast(piece.Bytes.AsSpan(0, PieceSize), PieceSize, throwOnEndOfStream: false);
                }
                catch (Exception e)
                {
                    piece.Failure = e;
                }

                // A piece of no bytes is the end.
                more = piece.Failure is null && piece.Length > 0;
                lock (_gate)
                {
                    _filled.Enqueue(piece);
                }

                _ready.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants the rest.
        }

        return this;
    }

    private sealed class Piece(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Length { get; set; }

        public Exception? Failure { get; set; }
    }
}
