using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A port of the host whose datagrams go on into the container, and the answers back to who asked.</summary>
internal sealed class UdpPort : IEventSource
{
    /// <summary>How many callers are known at once; the one who was silent longest is forgotten for another.</summary>
    public const int MostSessions = 1024;

    private const int AtOnce = 64;
    private const int SweepEvery = 15_000;

    private readonly EventLoop _loop;
    private readonly HostPort _port;
    private readonly Targets _targets;
    private readonly Dictionary<InetEndPoint, UdpSession> _sessions = [];
    private bool _sweeps;

    /// <summary>Begins to take datagrams; on the thread of the container's network namespace.</summary>
    public UdpPort(EventLoop loop, HostPort port, Targets targets)
    {
        _loop = loop;
        _port = port;
        _targets = targets;
        loop.Add(port.Socket.Number, Epoll.Readable, this);
    }

    /// <summary>How long a caller may be silent, in milliseconds.</summary>
    public static int Patience => 90_000;

    /// <inheritdoc/>
    public void Ready(uint events)
    {
        for (var i = 0; i < AtOnce; i++)
        {
            var size = Datagrams.TryReceive(_port.Socket.Number, _loop.Buffer, out var from, out var own);
            if (size == -Errno.EAGAIN)
            {
                return;
            }

            // Errors are of answers that did not reach their caller (udp(7)): theirs to notice.
            if (size >= 0)
            {
                Session(from)?.Pass(_loop.Buffer.AsSpan(0, (int)size), own);
            }
        }
    }

    private UdpSession? Session(InetEndPoint caller)
    {
        if (_sessions.TryGetValue(caller, out var session))
        {
            return session;
        }

        if (_sessions.Count >= MostSessions)
        {
            ForgetOldest();
        }

        session = UdpSession.TryBegin(_loop, _port.Socket, caller, _targets);
        if (session is not null)
        {
            _sessions.Add(caller, session);
            Sweep();
        }

        return session;
    }

    private void ForgetOldest()
    {
        KeyValuePair<InetEndPoint, UdpSession>? oldest = null;
        foreach (var item in _sessions)
        {
            if (oldest is null || item.Value.LastUse < oldest.Value.Value.LastUse)
            {
                oldest = item;
            }
        }

        if (oldest is { } found)
        {
            _sessions.Remove(found.Key);
            found.Value.Dispose();
        }
    }

    // Only while there is somebody to be forgotten: an idle port costs nothing.
    private void Sweep()
    {
        if (!_sweeps && _sessions.Count > 0)
        {
            _sweeps = true;
            _loop.After(SweepEvery, ForgetTheSilent);
        }
    }

    private void ForgetTheSilent()
    {
        _sweeps = false;
        foreach (var (caller, session) in _sessions)
        {
            if (Environment.TickCount64 - session.LastUse > Patience)
            {
                _sessions.Remove(caller);
                session.Dispose();
            }
        }

        Sweep();
    }
}
