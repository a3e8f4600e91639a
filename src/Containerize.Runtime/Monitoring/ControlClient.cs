using System.Buffers.Binary;
using System.Text;
using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>One who talks to the monitor (<see cref="ControlMessage"/>): nothing that he does holds it up, and what he is told waits for him, up to a limit.</summary>
internal sealed class ControlClient : IDisposable
{
    /// <summary>From so much on the container waits for him.</summary>
    private const int Much = 256 * 1024;

    private readonly Descriptor _socket;
    private readonly Queue<byte[]> _waiting = new();
    private int _bytes;

    public ControlClient(Descriptor socket) => _socket = socket;

    /// <summary>His socket.</summary>
    public int Number => _socket.Number;

    /// <summary>Whether he is shown what the container prints.</summary>
    public bool IsAttached { get; set; }

    /// <summary>Whether he is told of the end.</summary>
    public bool Waits { get; set; }

    /// <summary>Whether he has asked for the start, and is told how it went.</summary>
    public bool Starts { get; set; }

    /// <summary>Whether the container ends when he goes.</summary>
    public bool Leases { get; set; }

    /// <summary>Whether he has gone, or is taken to have.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether something waits for him.</summary>
    public bool HasMore => _waiting.Count > 0;

    /// <summary>Whether the container has to wait for him.</summary>
    public bool IsBehind => _bytes > Much;

    /// <summary>Tells him something with a number and a text.</summary>
    public void Tell(ControlMessage kind, int number, string text = "")
    {
        var message = new byte[5 + Encoding.UTF8.GetByteCount(text)];
        message[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(1), number);
        Encoding.UTF8.GetBytes(text, message.AsSpan(5));
        Send(message);
    }

    /// <summary>Shows him bytes.</summary>
    public void Show(ControlMessage kind, ReadOnlySpan<byte> bytes)
    {
        var message = new byte[1 + bytes.Length];
        message[0] = (byte)kind;
        bytes.CopyTo(message.AsSpan(1));
        Send(message);
    }

    /// <summary>Sends what waits, as far as there is room.</summary>
    public void Flush()
    {
        while (_waiting.TryPeek(out var message))
        {
            var sent = PacketSockets.TrySend(Number, message, waits: false);
            if (sent == -Errno.EAGAIN)
            {
                return;
            }

            if (sent < 0)
            {
                IsGone = true;
                return;
            }

            _waiting.Dequeue();
            _bytes -= message.Length;
        }
    }

    /// <summary>One message of his; 0 at his end, below zero where there is none.</summary>
    public int Receive(Span<byte> buffer)
    {
        var read = PacketSockets.TryReceive(Number, buffer);
        IsGone |= read == 0 || (read < 0 && read != -Errno.EAGAIN);
        return read;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Send(byte[] message)
    {
        _waiting.Enqueue(message);
        _bytes += message.Length;
        Flush();
    }
}
