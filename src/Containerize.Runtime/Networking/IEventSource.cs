namespace Containerize.Runtime.Networking;

/// <summary>Somebody to whom something happens.</summary>
internal interface IEventSource
{
    /// <summary>Something has happened.</summary>
    /// <param name="events">What, of Epoll's; 0: it is called once more because it asked for that.</param>
    void Ready(uint events);
}
