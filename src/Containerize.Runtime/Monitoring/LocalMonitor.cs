using System.Buffers.Binary;
using Containerize.Containers;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>A local container's monitor: one process and one loop, which starts it, keeps what it prints, answers those who ask, and looks after it until it has ended for good.</summary>
/// <remarks>
/// <code>
///   made ahead --start--&gt; runs --end--&gt; (policy) --&gt; restarting --time--&gt; runs
///         \                                  \--&gt; ended: state written, those who wait are told, and the monitor goes
///          \--ten seconds--&gt; unmade, and made again where a start comes; the monitor goes where nobody is there
/// </code>
/// </remarks>
internal sealed unsafe class LocalMonitor : IDisposable
{
    private const int MaxMessage = 65536;
    private const int MostPolled = 512;
    private const int AsPlanned = -2;
    private readonly string _directory;
    private readonly ContainerPlan _plan;
    private readonly Descriptor _listener;
    private readonly Descriptor _lock;
    private readonly List<ControlClient> _clients = [];
    private readonly MonitoredContainer _container;
    private readonly byte[] _buffer = new byte[MaxMessage];
    private (int Code, string Text)? _failure;
    private bool _ended;

    private LocalMonitor(string root, string directory, Descriptor opened, Descriptor taken)
    {
        _directory = directory;
        _lock = taken;
        using var plan = FileSystem.Open(opened.Number, "plan.json", OpenFlags.ReadOnly);
        _plan = RuntimeDocuments.ReadContainerPlan(FileSystem.ReadToEnd(plan.Number, 4 << 20, "plan.json"));
        RootMount.EnterOwnNamespace();
        _container = new MonitoredContainer(root, directory, _plan, Show);
        _listener = PacketSockets.Listen(opened, "control");
    }

    /// <summary>Looks after a container until it has ended for good.</summary>
    /// <param name="root">Where the runtime's state is.</param>
    /// <param name="directory">The container's directory.</param>
    /// <param name="ready">Called when it listens.</param>
    public static void Run(string root, string directory, Action ready)
    {
        const int SetSubreaper = 36;
        Syscall.Check(Syscall.Try(SyscallNumber.Prctl, SetSubreaper, 1, 0, 0, 0), "prctl", "PR_SET_CHILD_SUBREAPER");
        using var opened = FileSystem.Open(Descriptor.WorkingDirectory, directory, OpenFlags.PathOnly | OpenFlags.Directory);
        if (MonitorLock.TryTake(opened) is not { } taken)
        {
            // Another one is there for whoever wanted us.
            ready();
            return;
        }

        using var monitor = new LocalMonitor(root, directory, opened, taken);
        ready();
        // While whoever wants it started comes up.
        monitor._container.MakeAhead();
        monitor.Loop();
        monitor.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _container.Dispose();
        _clients.ForEach(client => client.Dispose());
        _listener.Dispose();
        _lock.Dispose();
    }

    private void Loop()
    {
        var polled = stackalloc long[MostPolled];
        while (!_ended)
        {
            // Somebody made a monitor and went away before he asked for the start.
            if (!_container.WasStarted && _clients.Count == 0 && !Polling.Wait(_listener.Number, 10_000))
            {
                return;
            }

            var count = Prepare(polled);
            Poll(polled, count, _container.NextDeadline());
            Answer(polled);
            _ended |= _container.Act(paused: IsBehind());
            if (_container.TakeNews() is { } news)
            {
                Spread(news);
            }
        }
    }

    // In the order in which Answer looks at them: the listener, the clients, and last what is the container's.
    private int Prepare(long* polled)
    {
        Polling.Set(polled, 0, _clients.Count < 256 ? _listener.Number : -1);
        for (var i = 0; i < _clients.Count; i++)
        {
            var client = _clients[i];
            // What he says waits while the container's input has no room.
            var reads = !_container.IsInputFull;
            if (client.HasMore)
            {
                Polling.SetWritable(polled, i + 1, client.Number, reads);
            }
            else
            {
                Polling.Set(polled, i + 1, reads ? client.Number : -1);
            }
        }

        return _container.Prepare(polled, 1 + _clients.Count, paused: IsBehind());
    }

    private bool IsBehind() => _clients.Exists(client => client.IsAttached && client.IsBehind);

    private static void Poll(long* polled, int count, long? deadline)
    {
        var time = stackalloc long[2];
        var wait = deadline is { } at ? Math.Max(0, at - Environment.TickCount64) : 0;
        time[0] = wait / 1000;
        time[1] = wait % 1000 * 1_000_000;
        Syscall.Try(SyscallNumber.Ppoll, (nint)polled, count, deadline is null ? 0 : (nint)time, 0, 8);
    }

    private void Answer(long* polled)
    {
        var known = _clients.Count;
        for (var i = 0; i < known; i++)
        {
            if (Polling.IsWritable(polled, i + 1))
            {
                _clients[i].Flush();
            }

            if (Polling.IsReadable(polled, i + 1))
            {
                Listen(_clients[i]);
            }
        }

        if (Polling.Happened(polled, 0) && PacketSockets.TryAccept(_listener.Number) is { } accepted)
        {
            _clients.Add(new ControlClient(accepted));
        }

        foreach (var gone in _clients.Where(client => client.IsGone).ToList())
        {
            _clients.Remove(gone);
            gone.Dispose();
            if (gone.Leases)
            {
                _ended |= _container.Stop(0, AsPlanned);
            }
        }
    }

    private void Listen(ControlClient client)
    {
        // A few at a time, so that nobody keeps the others waiting.
        for (var messages = 0; messages < 8 && !_container.IsInputFull; messages++)
        {
            var length = client.Receive(_buffer);
            if (length <= 0)
            {
                return;
            }

            Obey(client, (ControlMessage)_buffer[0], _buffer.AsSpan(1, length - 1));
        }
    }

    private void Obey(ControlClient client, ControlMessage kind, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case ControlMessage.Attach:
                client.IsAttached = client.Waits = true;
                if (_container.IsRunning)
                {
                    // From then on he passes on what is typed.
                    client.Tell(ControlMessage.Started, _container.Pid);
                }

                break;
            case ControlMessage.Wait:
                client.Waits = true;
                break;
            case ControlMessage.Lease:
                client.Leases = true;
                break;
            case ControlMessage.Start:
                client.Starts = true;
                Start(client);
                break;
            case ControlMessage.Input:
                _container.Streams?.Write(content);
                break;
            case ControlMessage.InputEnd:
                _container.Streams?.EndInput();
                break;
            case ControlMessage.Resize when content.Length >= 4:
                _container.Resize(BinaryPrimitives.ReadUInt16LittleEndian(content), BinaryPrimitives.ReadUInt16LittleEndian(content[2..]));
                break;
            case ControlMessage.Signal when content.Length >= 4:
                Try(client, () => _ended |= _container.Signal(_buffer[1] | (_buffer[2] << 8)));
                break;
            case ControlMessage.Stop when content.Length >= 8:
                client.Waits = true;
                _ended |= _container.Stop(BinaryPrimitives.ReadInt32LittleEndian(content), BinaryPrimitives.ReadInt32LittleEndian(content[4..]));
                break;
            case ControlMessage.Pause:
                Try(client, _container.Pause);
                break;
            case ControlMessage.Unpause:
                Try(client, _container.Unpause);
                break;
        }
    }

    private void Start(ControlClient client)
    {
        if (_container.IsRunning)
        {
            client.Tell(ControlMessage.Started, _container.Pid);
            return;
        }

        if (_container.TryStart() is { } failure)
        {
            _failure = failure;
            _ended = true;
            return;
        }

        client.Tell(ControlMessage.Started, _container.Pid, _container.Warning ?? "");
    }

    private static void Try(ControlClient client, Action act)
    {
        const int General = 125;
        try
        {
            act();
            client.Tell(ControlMessage.Done, 0);
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException)
        {
            client.Tell(ControlMessage.Failed, General, e.Message);
        }
    }

    private void Show(ControlMessage kind, ReadOnlySpan<byte> bytes)
    {
        foreach (var client in _clients.Where(client => client.IsAttached))
        {
            client.Show(kind, bytes);
        }
    }

    private void Spread(ControlMessage news)
    {
        if (news == ControlMessage.Started)
        {
            foreach (var client in _clients.Where(c => c.IsAttached && !c.Starts))
            {
                client.Tell(news, _container.Pid);
            }
        }
    }

    // First everything is as it will be, then it is said.
    private void End()
    {
        var code = _container.ExitCode;
        // Whoever comes now needs another monitor.
        _listener.Dispose();
        _container.Dispose();
        var hidden = _plan.AutoRemove && _container.WasStarted ? ContainerRemoval.Hide(_directory, _plan) : null;

        // Whoever is told looks at once whether we are still there.
        _lock.Dispose();
        foreach (var client in _clients)
        {
            if (_failure is { } failure && (client.IsAttached || client.Starts || client.Waits))
            {
                client.Tell(ControlMessage.Failed, failure.Code, failure.Text);
            }
            else if (client.Waits)
            {
                client.Tell(ControlMessage.Exited, code);
            }
        }

        foreach (var client in _clients)
        {
            // He may be slow, as one is who reads page by page; whoever has gone is not waited for.
            while (client.HasMore && !client.IsGone)
            {
                Polling.WaitWritable(client.Number);
                client.Flush();
            }
        }

        if (hidden is not null)
        {
            // Nobody has to wait for that.
            ContainerRemoval.Delete(hidden);
        }
    }
}
