using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>One connection: from a caller of the host's port to the container, whose bytes, ends and resets are passed on both ways.</summary>
/// <remarks>
/// What cannot be passed on stays in the kernel's queue of the side it came from: it is looked at, sent, and only as much as was taken is
/// thrown away there. So a connection needs no memory here, and a slow reader slows its own writer.
/// </remarks>
internal sealed class TcpRelay(EventLoop loop, Descriptor caller, Targets targets, ConnectionLimit limit) : IEventSource, IDisposable
{
    private const uint Everything = Epoll.Readable | Epoll.Writable | Epoll.PeerHasEnded | Epoll.OnChange;

    // A connection that has much to say lets others speak in between.
    private const int RoundsAtOnce = 16;

    private readonly Descriptor _caller = caller;
    private Descriptor? _callee;
    private int _callerPlace;
    private int _calleePlace;
    private int _target = -1;
    private bool _isConnected;
    private bool _callerEnded;
    private bool _calleeEnded;
    private bool _isOver;

    private enum Outcome
    {
        Waits,
        HasMore,
        Fails,
    }

    /// <summary>Calls the container.</summary>
    public void Begin()
    {
        InetSockets.SendAtOnce(_caller.Number);
        _callerPlace = loop.Add(_caller.Number, Everything, this);
        ConnectNext();
    }

    /// <inheritdoc/>
    public void Ready(uint events)
    {
        if (_isOver || (!_isConnected && !Connected(events)))
        {
            return;
        }

        var there = Pass(_caller, _callee!, ref _callerEnded);
        var back = there == Outcome.Fails ? Outcome.Fails : Pass(_callee!, _caller, ref _calleeEnded);
        if (there == Outcome.Fails || back == Outcome.Fails || (events & Epoll.Failed) != 0)
        {
            Reset();
        }
        else if (_callerEnded && _calleeEnded)
        {
            Dispose();
        }
        else if (there == Outcome.HasMore || back == Outcome.HasMore)
        {
            loop.Again(this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        loop.Remove(_caller.Number, _callerPlace);
        _caller.Dispose();
        CloseCallee();
        limit.Return();
    }

    private bool Connected(uint events)
    {
        // It may be the caller of whom we hear.
        if ((events & (Epoll.Writable | Epoll.Failed)) == 0)
        {
            return false;
        }

        var error = InetSockets.TakeError(_callee!.Number);
        if (error != 0)
        {
            CloseCallee();
            ConnectNext();
            return false;
        }

        if (!InetSockets.HasPeer(_callee.Number))
        {
            return false;
        }

        return _isConnected = true;
    }

    private void ConnectNext()
    {
        while (++_target < targets.Count)
        {
            var opened = InetSockets.TryOpen(targets[_target].IsVersion6, datagrams: false);
            if (opened < 0)
            {
                continue;
            }

            _callee = new Descriptor((int)opened);
            InetSockets.SendAtOnce(_callee.Number);
            var result = InetSockets.TryConnect(_callee.Number, targets[_target]);
            if (result == 0 || -result == Errno.EINPROGRESS)
            {
                _calleePlace = loop.Add(_callee.Number, Everything, this);
                return;
            }

            _callee.Dispose();
        }

        // As if there were nobody at the host's port either.
        _callee = null;
        Reset();
    }

    private Outcome Pass(Descriptor from, Descriptor to, ref bool ended)
    {
        for (var round = 0; round < RoundsAtOnce; round++)
        {
            if (ended)
            {
                return Outcome.Waits;
            }

            var seen = InetSockets.TryPeek(from.Number, loop.Buffer);
            if (seen == 0)
            {
                ended = true;
                InetSockets.EndWriting(to.Number);
                return Outcome.Waits;
            }

            if (seen < 0)
            {
                return -seen == Errno.EAGAIN ? Outcome.Waits : Outcome.Fails;
            }

            var sent = InetSockets.TrySend(to.Number, loop.Buffer.AsSpan(0, (int)seen));
            if (sent < 0)
            {
                return -sent == Errno.EAGAIN ? Outcome.Waits : Outcome.Fails;
            }

            for (var left = sent; left > 0;)
            {
                var gone = InetSockets.TryDiscard(from.Number, left);
                if (gone <= 0)
                {
                    return Outcome.Fails;
                }

                left -= gone;
            }
        }

        return Outcome.HasMore;
    }

    private void Reset()
    {
        InetSockets.ResetOnClose(_caller.Number);
        if (_callee is not null)
        {
            InetSockets.ResetOnClose(_callee.Number);
        }

        Dispose();
    }

    private void CloseCallee()
    {
        if (_callee is not null)
        {
            loop.Remove(_callee.Number, _calleePlace);
            _callee.Dispose();
            _callee = null;
        }
    }
}
