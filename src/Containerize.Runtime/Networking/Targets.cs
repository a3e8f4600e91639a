using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>Where in a container a port can be listened at: one of these it is.</summary>
/// <param name="port">The container's port.</param>
internal sealed class Targets(int port)
{
    private readonly List<InetEndPoint> _all = [InetEndPoint.Loopback(false, port), InetEndPoint.Loopback(true, port)];

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>One of them, in the order in which they are tried.</summary>
    public InetEndPoint this[int index] => _all[index];

    /// <summary>The container has an address of its own too, which the loopback interface of IPv6 comes after.</summary>
    public void Add(string address)
    {
        if (InetEndPoint.TryParse(address, port) is { } target)
        {
            _all.Insert(1, target);
        }
    }
}
