using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Containerize.Testing;

/// <summary>A CONNECT proxy on 127.0.0.1 that wants a password, and leads every name to this machine.</summary>
public sealed class LoopbackProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _credentials;

    /// <summary>Starts a proxy.</summary>
    public LoopbackProxy(string user, string password)
    {
        _credentials = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        _listener.Start();
        Host = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = ServeAsync();
    }

    /// <summary>host:port.</summary>
    public string Host { get; }

    /// <summary>What was asked for, "CONNECT host:port" and the answer's code.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _ = ConnectAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        using var _ = client;
        await using var stream = client.GetStream();
        try
        {
            while (true)
            {
                var head = await ReadHeadAsync(stream);
                if (head.Length == 0)
                {
                    return;
                }

                var line = head[0][..head[0].LastIndexOf(' ')];
                if (!head.Contains($"Proxy-Authorization: {_credentials}"))
                {
                    Requests.Enqueue($"{line} 407");
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    continue;
                }

                Requests.Enqueue($"{line} 200");
                using var target = new TcpClient();
                await target.ConnectAsync(IPAddress.Loopback, int.Parse(line[(line.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
                await using var there = target.GetStream();
                await Task.WhenAny(stream.CopyToAsync(there), there.CopyToAsync(stream));
                return;
            }
        }
        catch (IOException)
        {
            // One side has gone.
        }
    }

    private static async Task<string[]> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return [];
            }

            head.Append((char)one[0]);
        }

        return head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
