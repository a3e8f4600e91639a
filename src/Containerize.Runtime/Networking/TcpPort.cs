using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A port of the host whose connections go on into the container.</summary>
internal sealed class TcpPort : IEventSource
{
    // So that one port with many callers does not keep the others from being heard.
    private const int AtOnce = 64;
    private const int UntilTriedAgain = 500;

    private readonly EventLoop _loop;
    private readonly HostPort _port;
    private readonly Targets _targets;
    private readonly ConnectionLimit _limit;
    private int _place;
    private bool _pauses;

    /// <summary>Begins to take connections; on the thread of the container's network namespace.</summary>
    public TcpPort(EventLoop loop, HostPort port, Targets targets, ConnectionLimit limit)
    {
        _loop = loop;
        _port = port;
        _targets = targets;
        _limit = limit;
        _place = loop.Add(port.Socket.Number, Epoll.Readable, this);
    }

    /// <inheritdoc/>
    public void Ready(uint events)
    {
        for (var i = 0; i < AtOnce; i++)
        {
            if (!_limit.TryTake())
            {
                // Those who call now wait in the kernel's queue.
                Pause();
                _limit.OnPlace(Resume);
                return;
            }

            var accepted = InetSockets.TryAccept(_port.Socket.Number);
            if (accepted < 0)
            {
                _limit.Return();
                if (-accepted is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM)
                {
                    // The event stays, and would come again at once.
                    Pause();
                    _loop.After(UntilTriedAgain, Resume);
                    return;
                }

                if (-accepted == Errno.EAGAIN)
                {
                    return;
                }

                // Errors of a connection that has ended already come from accept as well (accept(2)).
                continue;
            }

            // It ends by itself.
            var relay = new TcpRelay(_loop, new Descriptor((int)accepted), _targets, _limit);
            relay.Begin();
        }
    }

    private void Pause()
    {
        if (!_pauses)
        {
            _pauses = true;
            _loop.Remove(_port.Socket.Number, _place);
        }
    }

    private void Resume()
    {
        if (_pauses)
        {
            _pauses = false;
            _place = _loop.Add(_port.Socket.Number, Epoll.Readable, this);
        }
    }
}
