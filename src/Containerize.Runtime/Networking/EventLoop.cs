using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>Calls those to whom something happens, one after the other, and waits without cost where nothing does.</summary>
internal sealed class EventLoop : IDisposable
{
    private readonly Epoll _epoll = new();
    private readonly List<IEventSource?> _sources = [];
    private readonly Stack<int> _free = new();
    private readonly List<int> _freed = [];
    private readonly Queue<IEventSource> _again = new();
    private readonly List<(long Due, Action Call)> _timers = [];
    private byte[]? _buffer;

    /// <summary>Memory for whoever is called, until they return.</summary>
    public byte[] Buffer => _buffer ??= new byte[BufferSize];

    // As much as a datagram can be; and larger ones make streams no faster, as they leave the processor's cache.
    private static int BufferSize => 65536;

    /// <summary>Watches a descriptor.</summary>
    /// <returns>What <see cref="Remove"/> needs.</returns>
    public int Add(int descriptor, uint events, IEventSource source)
    {
        if (!_free.TryPop(out var place))
        {
            place = _sources.Count;
            _sources.Add(null);
        }

        _sources[place] = source;
        _epoll.Add(descriptor, events, place);
        return place;
    }

    /// <summary>Watches it no longer; before it is closed.</summary>
    public void Remove(int descriptor, int place)
    {
        _epoll.Remove(descriptor);
        _sources[place] = null;
        // Not given to another before the end of the round, in which there may be an event for it.
        _freed.Add(place);
    }

    /// <summary>Calls somebody again after the others.</summary>
    public void Again(IEventSource source) => _again.Enqueue(source);

    /// <summary>Calls later, once.</summary>
    public void After(int milliseconds, Action call) => _timers.Add((Environment.TickCount64 + milliseconds, call));

    /// <summary>Waits until something happens, and has it dealt with.</summary>
    public void Round()
    {
        var count = _epoll.Wait(Patience());
        for (var i = 0; i < count; i++)
        {
            var (events, place) = _epoll.Event(i);
            _sources[place]?.Ready(events);
        }

        for (var i = _again.Count; i > 0; i--)
        {
            _again.Dequeue().Ready(0);
        }

        for (var i = _timers.Count - 1; i >= 0; i--)
        {
            var (due, call) = _timers[i];
            if (due <= Environment.TickCount64)
            {
                _timers.RemoveAt(i);
                call();
            }
        }

        foreach (var place in _freed)
        {
            _free.Push(place);
        }

        _freed.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private int Patience()
    {
        if (_again.Count > 0)
        {
            return 0;
        }

        var next = -1L;
        foreach (var (due, _) in _timers)
        {
            var left = Math.Max(0, due - Environment.TickCount64);
            next = next < 0 ? left : Math.Min(next, left);
        }

        return (int)next;
    }
}
