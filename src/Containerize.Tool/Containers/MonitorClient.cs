using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Containerize.Containers;
using Containerize.Linux;

namespace Containerize.Tool.Containers;

/// <summary>A conversation with a container's monitor (<see cref="ControlMessage"/>).</summary>
internal sealed class MonitorClient : IDisposable
{
    private const int MaxMessage = 65536;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[MaxMessage];

    private MonitorClient(Socket socket) => _socket = socket;

    /// <summary>Connects; null where no monitor is there.</summary>
    internal static MonitorClient? TryConnect(ContainerPaths paths)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, paths.Directory, OpenFlags.PathOnly | OpenFlags.Directory);
        if (opened < 0)
        {
            return null;
        }

        // The name of a socket has 107 bytes at most, and that of a directory has no such limit.
        using var directory = new Descriptor((int)opened);
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint($"/proc/self/fd/{directory.Number}/control"));
            return new MonitorClient(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Says something.</summary>
    /// <param name="kind">What.</param>
    /// <param name="numbers">What belongs to it.</param>
    internal void Send(ControlMessage kind, params ReadOnlySpan<int> numbers)
    {
        Span<byte> message = stackalloc byte[1 + (numbers.Length * sizeof(int))];
        message[0] = (byte)kind;
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(message[(1 + (i * sizeof(int)))..], numbers[i]);
        }

        try
        {
            _socket.Send(message);
        }
        catch (SocketException)
        {
            // It has gone, as there being no answer says.
        }
    }

    /// <summary>Waits for an answer; null when the monitor has gone.</summary>
    internal MonitorAnswer? Receive()
    {
        try
        {
            var length = _socket.Receive(_buffer);
            if (length == 0)
            {
                return null;
            }

            var number = length >= 5 ? BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(1)) : 0;
            return new MonitorAnswer((ControlMessage)_buffer[0], number, length > 5 ? Encoding.UTF8.GetString(_buffer, 5, length - 5) : "");
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Waits for the answer to what was said last; what else is said meanwhile is passed over.</summary>
    internal MonitorAnswer? ReceiveOnly(params ReadOnlySpan<ControlMessage> kinds)
    {
        while (Receive() is { } answer)
        {
            if (kinds.Contains(answer.Kind))
            {
                return answer;
            }
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();
}
