using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>`attach`: in front of a local container, whose monitor gives and takes its streams (<see cref="ControlMessage"/>).</summary>
internal sealed unsafe class AttachCommand
{
    private const int MaxMessage = 65536;
    private const int MostInput = 32768;
    private const int WindowChanged = 28;
    private const int BrokenPipe = 141;
    private const int Lost = 125;

    // So often somebody asks for the end of what does not listen; as docker's client.
    private const int MostAsked = 3;

    // Of those that can be caught, all that are not the process's own business.
    private static readonly int[] Forwarded = [1, 2, 3, 10, 12, 15];

    private readonly Descriptor _monitor;
    private readonly DetachKeys _keys;
    private readonly string _called;
    private readonly bool _terminal;
    private readonly byte[] _buffer = new byte[MaxMessage];
    private bool _sendsInput;
    private int _asked;
    private bool _holdsLease;
    private byte[]? _unsent;

    private AttachCommand(Descriptor monitor, DetachKeys keys, string called, bool terminal, bool sendsInput) =>
        (_monitor, _keys, _called, _terminal, _sendsInput) = (monitor, keys, called, terminal, sendsInput);

    /// <summary>Stays in front of a container until it ends; the exit code is its own.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("attach", invocation.Words, ["start", "input", "tty", "lease"], ["directory", "detach-keys", "sig-proxy", "ready-descriptor", "called"]);
        var called = options.Value("called") ?? "the container";
        if (options.Number("ready-descriptor") is { } ready && Refusal((int)ready) is { } why)
        {
            SayFailed(called, why, options.Has("tty"));
            return Lost;
        }

        var path = options.Value("directory") ?? throw Options.Bad("attach", "--directory is required");
        using var directory = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.PathOnly | OpenFlags.Directory);
        using var monitor = PacketSockets.Connect(directory, "control");
        var terminal = options.Has("tty");
        var attached = new AttachCommand(monitor, DetachKeys.Parse(options.Value("detach-keys") ?? "ctrl-p,ctrl-q"), called, terminal, options.Has("input")) { _holdsLease = options.Has("lease") };
        using var mode = terminal && options.Has("input") ? TerminalMode.Raw(0) : null;
        // Whatever ends us gives the terminal back first.
        var registrations = new List<PosixSignalRegistration>();
        var proxies = options.Value("sig-proxy") is { } proxy ? proxy == "true" : !terminal;
        foreach (var signal in Forwarded)
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                if (proxies)
                {
                    attached.Say(ControlMessage.Signal, signal);
                    if (attached.GivesUpAfter(signal))
                    {
                        mode?.Dispose();
                        FileSystem.TryWrite(2, "containerize: three signals have not ended the container, which is left to itself; 'dotnet containerize stop' or 'rm -f' ends it\n"u8);
                        Syscall.Try(SyscallNumber.ExitGroup, 1);
                    }
                }
                else
                {
                    mode?.Dispose();
                    Syscall.Try(SyscallNumber.ExitGroup, 128 + signal);
                }
            }));
        }

        if (terminal)
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)WindowChanged, _ => attached.SaySize()));
            attached.SaySize();
        }

        attached.Say(ControlMessage.Attach, 1);
        if (attached._holdsLease)
        {
            attached.Say(ControlMessage.Lease);
        }

        if (options.Has("start"))
        {
            attached.Say(ControlMessage.Start);
        }

        var code = attached.Stay();
        GC.KeepAlive(registrations);
        return code;
    }

    private bool GivesUpAfter(int signal)
    {
        const int Interrupt = 2;
        const int Terminate = 15;
        return signal is Interrupt or Terminate && Interlocked.Increment(ref _asked) == MostAsked;
    }

    // Of a monitor that was started for us: it may not have come up.
    private static string? Refusal(int ready)
    {
        using var answer = new Descriptor(ready);
        var words = FileSystem.ReadToEnd(ready, MaxMessage, "the monitor");
        // Who started it and was then the child of the program that we were.
        Waiting.ReapOthers(0);
        return MonitorReadiness.Refusal(words);
    }

    // We are the tool's, and no engine reads it.
    private static void SayFailed(string called, string why, bool terminal) =>
        FileSystem.TryWrite(2, Encoding.UTF8.GetBytes($"error CTZ5025: starting {called}: {MissingProgram.TryTranslate(why) ?? why}{(terminal ? "\r" : "")}\n"));

    private int Stay()
    {
        var polled = stackalloc long[2];
        var saidStart = false;
        while (true)
        {
            if (_unsent is null)
            {
                Polling.Set(polled, 0, _monitor.Number);
            }
            else
            {
                Polling.SetWritable(polled, 0, _monitor.Number, andReadable: true);
            }

            Polling.Set(polled, 1, _holdsLease || (_sendsInput && saidStart && _unsent is null) ? 0 : -1);
            if (Syscall.Try(SyscallNumber.Ppoll, (nint)polled, 2, 0, 0, 8) < 0)
            {
                continue;
            }

            if (Polling.IsReadable(polled, 0) && Hear(ref saidStart) is { } code)
            {
                return code;
            }

            if (_unsent is not null)
            {
                SendWhatFits();
                continue;
            }

            if (Polling.Happened(polled, 1) && _holdsLease)
            {
                if (HasInputEnded())
                {
                    // The monitor ends the container when our connection does.
                    return Lost;
                }
            }
            else if (Polling.Happened(polled, 1) && !SendInput())
            {
                // What is left on the terminal's line is another's.
                Output.Write("\r\n");
                return 0;
            }
        }
    }

    // The exit code at the end, or null.
    private int? Hear(ref bool started)
    {
        var length = PacketSockets.TryReceive(_monitor.Number, _buffer);
        if (length <= 0)
        {
            FileSystem.TryWrite(2, "containerize: the container's monitor has gone\n"u8);
            return Lost;
        }

        var content = _buffer.AsSpan(1, length - 1);
        switch ((ControlMessage)_buffer[0])
        {
            case ControlMessage.Output:
                return Output.Write(content, 1) == 0 ? null : BrokenPipe;
            case ControlMessage.ErrorOutput:
                Output.Write(content, 2);
                return null;
            case ControlMessage.Started:
                started = true;
                if (content.Length > 4)
                {
                    FileSystem.TryWrite(2, Encoding.UTF8.GetBytes($"warning: {Encoding.UTF8.GetString(content[4..])}{(_terminal ? "\r" : "")}\n"));
                }

                return null;
            case ControlMessage.Failed:
                SayFailed(_called, Encoding.UTF8.GetString(content[4..]), _terminal);
                return BinaryPrimitives.ReadInt32LittleEndian(content);
            case ControlMessage.Exited:
                return BinaryPrimitives.ReadInt32LittleEndian(content);
            default:
                return null;
        }
    }

    // False when the keys were typed that leave the container to itself.
    private bool SendInput()
    {
        int read;
        var message = new byte[1 + MostInput];
        fixed (byte* at = message)
        {
            read = (int)Syscall.Try(SyscallNumber.Read, 0, (nint)(at + 1), MostInput);
        }

        if (read <= 0)
        {
            _sendsInput = false;
            Say(ControlMessage.InputEnd);
            return true;
        }

        var input = message.AsSpan(1, read);
        if (_terminal)
        {
            var (kept, leaves) = _keys.Take(input);
            if (leaves)
            {
                Send(ControlMessage.Input, kept);
                return false;
            }

            kept.CopyTo(input);
            read = kept.Length;
        }

        if (read > 0)
        {
            message[0] = (byte)ControlMessage.Input;
            _unsent = message[..(1 + read)];
            SendWhatFits();
        }

        return true;
    }

    // What is written to a lease says nothing; only its end does.
    private bool HasInputEnded()
    {
        fixed (byte* at = _buffer)
        {
            return Syscall.Try(SyscallNumber.Read, 0, (nint)at, _buffer.Length) <= 0;
        }
    }

    // Not waiting for room: whoever waits does not hear, and the monitor, which waits for that, would not read.
    private void SendWhatFits()
    {
        if (PacketSockets.TrySend(_monitor.Number, _unsent, waits: false) != -Errno.EAGAIN)
        {
            // Where it failed the monitor has gone, which is heard next.
            _unsent = null;
        }
    }

    private void SaySize()
    {
        const int GetWindowSize = 0x5413;
        var window = stackalloc ushort[4];
        if (Syscall.Try(SyscallNumber.Ioctl, 0, GetWindowSize, (nint)window) == 0)
        {
            Span<byte> size = stackalloc byte[4];
            BinaryPrimitives.WriteUInt16LittleEndian(size, window[0]);
            BinaryPrimitives.WriteUInt16LittleEndian(size[2..], window[1]);
            Send(ControlMessage.Resize, size);
        }
    }

    private void Say(ControlMessage kind, int number = 0)
    {
        Span<byte> content = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(content, number);
        Send(kind, content);
    }

    private void Send(ControlMessage kind, ReadOnlySpan<byte> content)
    {
        Span<byte> message = content.Length < 256 ? stackalloc byte[1 + content.Length] : new byte[1 + content.Length];
        message[0] = (byte)kind;
        content.CopyTo(message[1..]);
        PacketSockets.TrySend(_monitor.Number, message, waits: true);
    }
}
