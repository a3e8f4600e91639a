using System.Net;
using System.Net.Sockets;

namespace Containerize.Testing;

/// <summary>An HTTP server on 127.0.0.1 that answers as the test says.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Action<HttpListenerRequest, HttpListenerResponse> _answer;

    /// <summary>Starts a server; <paramref name="answer"/> fills in the response, which is then sent.</summary>
    public ScriptedServer(Action<HttpListenerRequest, HttpListenerResponse> answer)
    {
        _answer = answer;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Host = $"127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"http://{Host}/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>host:port.</summary>
    public string Host { get; }

    /// <inheritdoc />
    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _answer(context.Request, context.Response);
            context.Response.Close();
        }
    }
}
