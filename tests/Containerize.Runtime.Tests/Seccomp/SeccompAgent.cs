using System.Text;
using System.Text.Json.Nodes;
using Containerize.Testing;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>Who listens at listenerPath, takes one state with its descriptor, and answers each call with one error.</summary>
internal sealed unsafe class SeccompAgent : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Descriptor _listener;
    private readonly int _error;
    private readonly Thread? _thread;
    private Descriptor? _notifications;

    /// <summary>Listens.</summary>
    /// <param name="error">The error; 0: each connection is closed at once.</param>
    public SeccompAgent(int error)
    {
        // Whoever is in a user namespace, or another user, connects too.
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        _error = error;
        _listener = Linux.Sockets.Listen(Path);
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Where.</summary>
    public string Path => _folder["agent.sock"];

    /// <summary>The states that came, a connection each.</summary>
    public List<JsonNode> States { get; } = [];

    /// <summary>How many messages the last state came in, and what of the connection's end was seen.</summary>
    public List<string> Log { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _notifications?.Dispose();
        _folder.Dispose();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var connection = Linux.Sockets.Accept(_listener.Number);
                if (_error != 0)
                {
                    Take(connection.Number);
                    new Thread(Answer) { IsBackground = true }.Start(_notifications!.Number);
                }
            }
        }
        catch (SyscallException)
        {
            // Disposed.
        }
    }

    private void Take(int connection)
    {
        var text = new List<byte>();
        var buffer = new byte[4096];
        var first = true;
        while (true)
        {
            var length = Linux.Sockets.Receive(connection, buffer, out var descriptor);
            if (length == 0)
            {
                break;
            }

            Log.Add(descriptor is null ? first ? "no descriptor" : "" : first ? "descriptor" : "late descriptor");
            _notifications = descriptor ?? _notifications;
            first = false;
            text.AddRange(buffer.AsSpan(0, length));
        }

        // Whole, as the connection was closed.
        States.Add(JsonNode.Parse(Encoding.UTF8.GetString([.. text]))!);
    }

    // SECCOMP_IOCTL_NOTIF_RECV and SECCOMP_IOCTL_NOTIF_SEND (seccomp_unotify(2)).
    private void Answer(object? listener)
    {
        const uint Receive = 0xC0502100;
        const uint Send = 0xC0182101;
        var notification = stackalloc ulong[10];
        var answer = stackalloc ulong[3];
        while (true)
        {
            new Span<ulong>(notification, 10).Clear();
            if (Syscall.Try(SyscallNumber.Ioctl, (int)listener!, unchecked((nint)Receive), (nint)notification) < 0)
            {
                return;
            }

            answer[0] = notification[0];
            answer[1] = 0;
            ((int*)answer)[4] = -_error;
            ((int*)answer)[5] = 0;
            Syscall.Try(SyscallNumber.Ioctl, (int)listener, unchecked((nint)Send), (nint)answer);
        }
    }
}
