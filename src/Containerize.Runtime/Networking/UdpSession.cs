using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>One caller of a port: a socket in the container's network whose answers are theirs.</summary>
internal sealed class UdpSession : IEventSource, IDisposable
{
    private const int AtOnce = 64;

    // What a caller says first is kept until somebody answers; larger than a packet is hardly ever a question.
    private const int MostKept = 2048;

    private readonly EventLoop _loop;
    private readonly Descriptor _port;
    private readonly InetEndPoint _caller;
    private readonly Targets _targets;
    private Descriptor _socket;
    private int _place;
    private int _target;
    private UInt128 _calledAt;
    private byte[]? _asked;
    private int _attempts;
    private bool _wasAnswered;

    private UdpSession(EventLoop loop, Descriptor port, InetEndPoint caller, Targets targets, Descriptor socket)
    {
        _loop = loop;
        _port = port;
        _caller = caller;
        _targets = targets;
        _socket = socket;
        _place = loop.Add(socket.Number, Epoll.Readable, this);
    }

    /// <summary>When a datagram went either way last.</summary>
    public long LastUse { get; private set; }

    /// <summary>Begins one; null where there are no more descriptors.</summary>
    public static UdpSession? TryBegin(EventLoop loop, Descriptor port, InetEndPoint caller, Targets targets) =>
        TryConnect(targets, 0) is { } socket ? new UdpSession(loop, port, caller, targets, socket) : null;

    /// <summary>Passes a datagram on to the container.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="calledAt">Our address to which it came.</param>
    public void Pass(ReadOnlySpan<byte> datagram, UInt128 calledAt)
    {
        LastUse = Environment.TickCount64;
        _calledAt = calledAt;
        _asked = !_wasAnswered && datagram.Length <= MostKept ? datagram.ToArray() : null;
        _attempts = _targets.Count - 1;
        // Refused was the one before: nobody listens at that address. As nobody has answered from there, another may be right.
        if (InetSockets.TrySend(_socket.Number, datagram) == -Errno.ECONNREFUSED && !_wasAnswered && TryNext())
        {
            InetSockets.TrySend(_socket.Number, datagram);
        }
    }

    /// <inheritdoc/>
    public void Ready(uint events)
    {
        for (var i = 0; i < AtOnce; i++)
        {
            var size = InetSockets.TryReceive(_socket.Number, _loop.Buffer);
            if (size < 0)
            {
                if (size == -Errno.ECONNREFUSED && !_wasAnswered && TryNext() && _asked is not null && _attempts-- > 0)
                {
                    InetSockets.TrySend(_socket.Number, _asked);
                }

                return;
            }

            _wasAnswered = true;
            _asked = null;
            LastUse = Environment.TickCount64;
            Datagrams.TrySend(_port.Number, _loop.Buffer.AsSpan(0, (int)size), _caller, _calledAt);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Remove(_socket.Number, _place);
        _socket.Dispose();
    }

    private static Descriptor? TryConnect(Targets targets, int target)
    {
        var opened = InetSockets.TryOpen(targets[target].IsVersion6, datagrams: true);
        if (opened < 0)
        {
            return null;
        }

        var socket = new Descriptor((int)opened);
        if (InetSockets.TryConnect(socket.Number, targets[target]) == 0)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    private bool TryNext()
    {
        var next = (_target + 1) % _targets.Count;
        if (TryConnect(_targets, next) is not { } socket)
        {
            return false;
        }

        Dispose();
        _target = next;
        _socket = socket;
        _place = _loop.Add(socket.Number, Epoll.Readable, this);
        return true;
    }
}
