using System.Net;
using System.Net.Sockets;

namespace Containerize.Registries;

/// <summary>Makes connections as SocketsHttpHandler would, but on the thread that has been set aside for it, and to whichever address answers.</summary>
/// <remarks>Where a name has several addresses, each is given a quarter of a second before the next is tried too (RFC 8305).</remarks>
internal sealed class RegistryConnector(Func<string, IPAddress[]> resolve)
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    internal RegistryConnection Connect(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host.Host, out var literal) ? [literal] : Alternating(resolve(host.Host));
        cancellationToken.ThrowIfCancellationRequested();
        return addresses.Length switch
        {
            0 => throw new SocketException((int)SocketError.HostNotFound),
            1 => new RegistryConnection(One(addresses[0], host.Port, cancellationToken)),
            _ => new RegistryConnection(new Race(addresses, host.Port).Run(cancellationToken)),
        };
    }

    private static Socket One(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using (cancellationToken.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket))
            {
                socket.Connect(address, port);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or ObjectDisposedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            throw;
        }
    }

    // The resolver's order, but each family in turn: where one does not work, its addresses are not all waited for.
    private static IPAddress[] Alternating(IPAddress[] addresses)
    {
        var ordered = new List<IPAddress>(addresses);
        for (var i = 1; i < ordered.Count - 1; i++)
        {
            var other = ordered.FindIndex(i, a => a.AddressFamily != ordered[i - 1].AddressFamily);
            if (other > i)
            {
                var address = ordered[other];
                ordered.RemoveAt(other);
                ordered.Insert(i, address);
            }
        }

        return [.. ordered];
    }

    private sealed class Race(IPAddress[] addresses, int port)
    {
        private readonly object _one = new();
        private Socket? _winner;
        private Exception? _failure;
        private int _failed;

        internal Socket Run(CancellationToken cancellationToken)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var token = stop.Token;
            using var wake = token.UnsafeRegister(static s => Wake(s!), _one);
            lock (_one)
            {
                for (var started = 0; _winner is null && !token.IsCancellationRequested; started++)
                {
                    if (started < addresses.Length)
                    {
                        Start(addresses[started], token);
                        WaitForMore(started, HeadStart);
                    }
                    else if (_failed == addresses.Length)
                    {
                        throw _failure!;
                    }
                    else
                    {
                        WaitForMore(_failed, Timeout.InfiniteTimeSpan);
                    }
                }

                var winner = _winner;
                // Those that come too late are closed.
                _winner = null;
                _failed = -1;
                stop.Cancel();
                if (cancellationToken.IsCancellationRequested)
                {
                    winner?.Dispose();
                }

                cancellationToken.ThrowIfCancellationRequested();
                return winner!;
            }

            void WaitForMore(int failures, TimeSpan limit)
            {
                if (_winner is null && _failed <= failures && !token.IsCancellationRequested)
                {
                    Monitor.Wait(_one, limit);
                }
            }
        }

        private void Start(IPAddress address, CancellationToken token) => new Thread(() =>
        {
            try
            {
                var socket = One(address, port, token);
                lock (_one)
                {
                    if (_winner is null && _failed >= 0)
                    {
                        _winner = socket;
                        Monitor.PulseAll(_one);
                        return;
                    }
                }

                socket.Dispose();
            }
            catch (Exception e)
            {
                lock (_one)
                {
                    _failure ??= e;
                    _failed += _failed < 0 ? 0 : 1;
                    Monitor.PulseAll(_one);
                }
            }
        })
        { IsBackground = true, Name = "Containerize connection" }.Start();

        private static void Wake(object one)
        {
            lock (one)
            {
                Monitor.PulseAll(one);
            }
        }
    }
}
