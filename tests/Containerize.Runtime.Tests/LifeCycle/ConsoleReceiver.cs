using System.Net.Sockets;
using System.Text;
using Containerize.Testing;
using Microsoft.Win32.SafeHandles;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>What an engine listens with for a terminal: the master comes over a socket, once.</summary>
internal sealed class ConsoleReceiver : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Descriptor? _master;

    /// <summary>Listens.</summary>
    public ConsoleReceiver()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
    }

    /// <summary>Where.</summary>
    public string Path => _folder["console.sock"];

    /// <summary>Takes the master that has been sent.</summary>
    public void Receive()
    {
        const int Microseconds = 20_000_000;
        if (!_listener.Poll(Microseconds, SelectMode.SelectRead))
        {
            throw new TimeoutException("no terminal came");
        }

        using var connection = _listener.Accept();
        Span<byte> name = stackalloc byte[256];
        Linux.Sockets.Receive((int)connection.Handle, name, out _master);
        if (_master is null)
        {
            throw new InvalidOperationException("a message came without a terminal");
        }
    }

    /// <summary>Types into the terminal.</summary>
    public void Type(string text) => FileSystem.TryWrite(_master!.Number, Encoding.UTF8.GetBytes(text));

    /// <summary>What is written on the terminal until nobody has it open.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        using var handle = new SafeFileHandle(_master!.Number, ownsHandle: false);
        await using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await Task.Run(() => stream.Read(buffer)).WaitAsync(TimeSpan.FromSeconds(30))) > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // EIO: the last slave was closed.
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _master?.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }
}
