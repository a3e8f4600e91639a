using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>How many connections all ports of a container have at once: each takes two of our descriptors, and the monitor needs some as well.</summary>
internal sealed class ConnectionLimit
{
    private const int Kept = 128;

    private readonly int _most = Math.Max(8, (ProcessLimits.OpenFiles() - Kept) / 2);
    private readonly List<Action> _waiting = [];
    private int _count;

    /// <summary>Takes a place; false where there is none.</summary>
    public bool TryTake()
    {
        if (_count >= _most)
        {
            return false;
        }

        _count++;
        return true;
    }

    /// <summary>Gives it back.</summary>
    public void Return()
    {
        _count--;
        if (_waiting.Count > 0)
        {
            var call = _waiting[0];
            _waiting.RemoveAt(0);
            call();
        }
    }

    /// <summary>Calls once when there is a place again.</summary>
    public void OnPlace(Action call) => _waiting.Add(call);
}
