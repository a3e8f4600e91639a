using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Containerize.Registries;

/// <summary>What carries the requests to a registry, and to the places that it sends us on to.</summary>
/// <remarks>
/// Two clients: the registry's own certificates, and that it may have none, count for the registry alone. Each is made with the first request that needs
/// it, by whoever sends that: it takes as long as reading a project's settings.
/// </remarks>
internal sealed class RegistryTransport(RegistryOptions options) : IDisposable
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(3);
    private readonly Lock _one = new();
    private HttpClient? _own;
    private HttpClient? _others;
    private bool _ownIsPlain;

    public void Dispose()
    {
        _own?.Dispose();
        _others?.Dispose();
    }

    /// <summary>The client for an address.</summary>
    internal HttpClient For(RegistryEndpoint endpoint, Uri uri)
    {
        lock (_one)
        {
            if (!endpoint.IsOrigin(uri))
            {
                return _others ??= Client(Handler());
            }

            // Plain http needs no certificates. After a change of the scheme requests of before may still be on their way with the first one.
            if (_own is null || (_ownIsPlain && !endpoint.IsPlain))
            {
                _own = Client(Handler(endpoint));
                _ownIsPlain = endpoint.IsPlain;
            }

            return _own;
        }
    }

    /// <summary>Whether who answers at an address speaks TLS, whatever its certificate.</summary>
    internal static bool SpeaksTls(Uri uri)
    {
        using var stop = new CancellationTokenSource(ProbeLimit);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.ConnectAsync(uri.IdnHost, uri.Port, stop.Token).AsTask().GetAwaiter().GetResult();
#pragma warning disable CA5359 // Nothing is sent over it.
            using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
            stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = uri.IdnHost }, stop.Token).GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            return false;
        }
    }

    private SocketsHttpHandler Handler(RegistryEndpoint? endpoint = null)
    {
        var handler = new SocketsHttpHandler
        {
            Proxy = RegistryProxy.Of(options.Environment),
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectLimit,
            ConnectCallback = (context, token) => new ValueTask<Stream>(new RegistryConnector(options.Resolve).Connect(context.DnsEndPoint, token)),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        if (endpoint is { IsPlain: false })
        {
            Secure(handler, endpoint);
        }

        return handler;
    }

    private void Secure(SocketsHttpHandler handler, RegistryEndpoint endpoint)
    {
        if (endpoint.IsInsecure)
        {
#pragma warning disable CA5359 // The user says so of this registry.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
            return;
        }

        RegistryCertificates.Read(options, endpoint.Registry).Apply(handler.SslOptions);
    }

    private static HttpClient Client(SocketsHttpHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan };
}
