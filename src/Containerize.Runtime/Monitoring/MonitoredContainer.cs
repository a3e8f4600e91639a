using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>The container of a monitor: its starts and ends, its limits of time, its health.</summary>
internal sealed unsafe class MonitoredContainer : IDisposable
{
    private const int DrainTime = 500;

    // Somebody made a monitor and went away before he asked for the start.
    private const int AwaitsStartFor = 10_000;

    private readonly string _root;
    private readonly string _directory;
    private readonly ContainerPlan _plan;
    private readonly ShowOutput _show;
    private readonly StatusFile _status;
    private readonly RestartPolicy _restart;
    private readonly LogFile? _log;
    private readonly byte[] _buffer = new byte[32768];
    private RootMount? _mount;
    private ContainerRun? _made;
    private ContainerRun? _run;
    private long? _keptUntil;
    private HealthCheck? _health;
    private (ushort Rows, ushort Columns)? _size;
    private int? _code;
    private long? _killAt;
    private long? _drainedAt;
    private ControlMessage? _news;

    public MonitoredContainer(string root, string directory, ContainerPlan plan, ShowOutput show)
    {
        (_root, _directory, _plan, _show) = (root, directory, plan, show);
        _status = new StatusFile(directory, plan.Id);
        _restart = new RestartPolicy(plan.Restart);
        _log = plan.Log.Driver == "none" ? null : new LogFile(Path.Combine(directory, "log"), plan.Log.MaxSize, plan.Log.MaxFiles);
    }

    /// <summary>Takes what the container prints.</summary>
    public delegate void ShowOutput(ControlMessage kind, ReadOnlySpan<byte> bytes);

    /// <summary>Its streams; null while it does not run.</summary>
    public ContainerStreams? Streams => _run?.Streams;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _run is not null;

    /// <summary>Whether it was started since we are here.</summary>
    public bool WasStarted { get; private set; }

    /// <summary>Its first process.</summary>
    public int Pid => _run?.Pid ?? 0;

    /// <summary>How it ended.</summary>
    public int ExitCode => _status.Current.ExitCode;

    /// <summary>Something of its network that somebody should know.</summary>
    public string? Warning => _run?.Network.Warning;

    /// <summary>Whether those who write to it have to wait.</summary>
    public bool IsInputFull => Streams?.IsFull == true;

    // What is frozen is neither well nor ill, nor is what was asked to end.
    private bool IsChecked => _code is null && _status.Current is { Status: "running", Stopped: false };

    /// <summary>What has happened since it was asked for last.</summary>
    public ControlMessage? TakeNews()
    {
        var news = _news;
        _news = null;
        return news;
    }

    /// <summary>Makes all that there is before the program runs. Where that fails it is tried again when it is to be started, and then said: things may be otherwise by then.</summary>
    public void MakeAhead()
    {
        try
        {
            Make();
        }
        catch (Exception e) when (IsOurs(e))
        {
            // Nothing was made.
        }
    }

    /// <summary>Starts it; what is given back is why that failed, and nothing of it is left then.</summary>
    public (int Code, string Text)? TryStart()
    {
        WasStarted = true;
        try
        {
            Start();
            return null;
        }
        catch (Exception e) when (IsOurs(e))
        {
            _made?.Dispose();
            _run?.Dispose();
            _made = _run = null;
            var code = StartFailure.CodeOf(e.Message);
            _status.Write(_status.Current with { Status = "exited", Pid = 0, MonitorPid = 0, ExitCode = code, Error = e.Message, FinishedAt = StatusFile.Now, Ports = null, Address = null, Health = null });
            return (code, e.Message);
        }
    }

    /// <summary>Ends it, and it stays so; true where it has ended already.</summary>
    /// <param name="signal">What asks it to; 0: as planned.</param>
    /// <param name="seconds">How long it has; -1: for ever; less: as planned.</param>
    public bool Stop(int signal, int seconds)
    {
        _restart.Stop();
        if (_run is null)
        {
            if (WasStarted || _status.Current.Status == "restarting")
            {
                _status.Write(_status.Current with { Status = "exited", MonitorPid = 0, Stopped = true });
            }

            return true;
        }

        _status.Write(_status.Current with { Stopped = true });
        seconds = seconds < -1 ? _plan.StopTimeout : seconds;
        if (_status.Current.Status == "paused")
        {
            // What is frozen hears nothing.
            Unpause();
        }

        Syscall.Try(SyscallNumber.PidfdSendSignal, _run.Process, signal == 0 ? _plan.StopSignal : signal, 0, 0);
        _killAt = seconds < 0 ? null : Environment.TickCount64 + (seconds * 1000L);
        return false;
    }

    /// <summary>Sends it a signal; true where it has ended already, and was to be started again.</summary>
    public bool Signal(int signal)
    {
        if (_run is null)
        {
            if (_restart.Next is not null && (signal == Signals.Kill || signal == _plan.StopSignal))
            {
                return Stop(0, 0);
            }

            throw Failure.Of(6008, "sending a signal", "the container does not run");
        }

        if (signal == Signals.Kill)
        {
            // Who kills it does not want it back.
            _restart.Stop();
            _status.Write(_status.Current with { Stopped = true });
        }

        using var container = Container.Open(_root, _plan.Id, change: false);
        container.Signal(signal, all: false);
        return false;
    }

    /// <summary>Freezes it.</summary>
    public void Pause()
    {
        Freeze(true);
        _status.Write(_status.Current with { Status = "paused" });
    }

    /// <summary>Lets it run on.</summary>
    public void Unpause()
    {
        Freeze(false);
        _status.Write(_status.Current with { Status = "running" });
    }

    /// <summary>Gives its terminal a size, now or when it has one.</summary>
    public void Resize(ushort rows, ushort columns)
    {
        _size = (rows, columns);
        Streams?.Resize(rows, columns);
    }

    /// <summary>Names what is to be polled.</summary>
    /// <param name="polled">The array.</param>
    /// <param name="at">The first free place.</param>
    /// <param name="paused">Whether its output has to wait.</param>
    /// <returns>How many places are taken now.</returns>
    public int Prepare(long* polled, int at, bool paused)
    {
        foreach (var output in Streams?.Outputs ?? [])
        {
            Polling.Set(polled, at++, paused ? -1 : output.Source.Number);
        }

        if (Streams is { Input: >= 0 } streams)
        {
            Polling.SetWritable(polled, at++, streams.Input, andReadable: false);
        }

        Polling.Set(polled, at++, _run is not null && _code is null ? _run.Process : -1);
        Polling.Set(polled, at++, IsChecked ? _health?.Process ?? -1 : -1);
        Polling.Set(polled, at++, IsChecked ? _health?.Output ?? -1 : -1);
        return at;
    }

    /// <summary>When something is due though nothing happens; null: never.</summary>
    public long? NextDeadline()
    {
        long? next = null;
        foreach (var time in (long?[])[_killAt, _drainedAt, _restart.Next, _keptUntil, IsChecked ? _health?.Next : null])
        {
            next = time is not null && (next is null || time < next) ? time : next;
        }

        return next;
    }

    /// <summary>Does what is due; true when it has ended for good.</summary>
    /// <param name="paused">Whether its output has to wait, as somebody who is shown it does not keep up.</param>
    public bool Act(bool paused)
    {
        var now = Environment.TickCount64;
        if (_restart.TakeDue(now))
        {
            _status.Write(_status.Current with { Restarts = _status.Current.Restarts + 1 });
            return TryStart() is not null && !PlanRestart();
        }

        if (_keptUntil <= now)
        {
            // It holds ports and an address; it is made anew where somebody comes after all.
            _made?.Dispose();
            _made = null;
            _keptUntil = null;
        }

        if (_run is null)
        {
            return false;
        }

        _run.Streams.Flush();
        if (!paused)
        {
            ReadOutput();
        }

        if (_killAt <= now)
        {
            _killAt = null;
            Syscall.Try(SyscallNumber.PidfdSendSignal, _run.Process, Signals.Kill, 0, 0);
        }

        if (_code is null && Polling.Wait(_run.Process, 0))
        {
            _code = Waiting.TryForChild(_run.Process);
            // A grandchild that keeps a pipe open is not waited for longer.
            _drainedAt = now + DrainTime;
        }

        if (_drainedAt is not null && paused)
        {
            // What it printed last is not lost because somebody reads slowly.
            _drainedAt = now + DrainTime;
        }

        if (_code is not null && (_run.Streams.Outputs.Count == 0 || _drainedAt <= now))
        {
            return Finish();
        }

        if (IsChecked && _health?.Act() == true && !EndsWithItsCheck())
        {
            _status.Write(_status.Current with { Health = _health.Status });
        }

        // Those that came to us as their parents went.
        if (_health is null or { Process: < 0 })
        {
            Waiting.ReapOthers(_run.Pid);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _health?.Dispose();
        _made?.Dispose();
        _run?.Dispose();
        _mount?.Dispose();
        _log?.Dispose();
        (_health, _made, _run, _mount) = (null, null, null, null);
    }

    private static bool IsOurs(Exception e) => e is ContainerizeException or SyscallException or IOException or UnauthorizedAccessException;

    private void Make()
    {
        Failure.Step("starting the container", () =>
        {
            if (_mount is null)
            {
                _mount = RootMount.Make(_plan.Root, isLasting: !_plan.AutoRemove);
                VolumeSeed.Fill(_plan);
            }
        });
        _made = ContainerRun.Make(_root, _directory, _plan);
        _keptUntil = Environment.TickCount64 + AwaitsStartFor;
    }

    private void Start()
    {
        if (_made is null)
        {
            Make();
        }

        if (_size is { } size)
        {
            // Before the program runs: it may ask for the size at once.
            _made!.Streams.Resize(size.Rows, size.Columns);
        }

        _made!.Start();
        _run = _made;
        _made = null;
        _keptUntil = null;
        _code = null;
        _drainedAt = null;
        _restart.Started();
        _health = _plan.Health is { } check ? new HealthCheck(check, _root, _plan.Id) : null;
        _status.Write(_status.Current with
        {
            Status = "running",
            Pid = _run.Pid,
            MonitorPid = Environment.ProcessId,
            StartedAt = StatusFile.Now,
            FinishedAt = null,
            ExitCode = 0,
            Error = null,
            OutOfMemory = false,
            Stopped = false,
            Health = _health?.Status,
            Ports = _run.Network.Ports,
            Address = _run.Network.Address,
            Boot = FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/sys/kernel/random/boot_id").Trim(),
        });
        _news = ControlMessage.Started;
    }

    // A check that fails may have been killed with the container, whose own end is seen a moment later.
    private bool EndsWithItsCheck()
    {
        const int Moment = 50;
        return _health!.Status.Failures > 0 && Polling.Wait(_run!.Process, Moment);
    }

    private void ReadOutput()
    {
        foreach (var output in _run!.Streams.Outputs.ToArray())
        {
            int read;
            fixed (byte* at = _buffer)
            {
                read = (int)Syscall.Try(SyscallNumber.Read, output.Source.Number, (nint)at, _buffer.Length);
            }

            if (read > 0)
            {
                _log?.Write(output.Name, output.Rest, _buffer.AsSpan(0, read));
                _show(output.Kind, _buffer.AsSpan(0, read));
            }
            else if (read != -Errno.EAGAIN)
            {
                // The end of a terminal is EIO.
                _log?.Finish(output.Name, output.Rest);
                _run.Streams.Remove(output);
            }
        }
    }

    private bool Finish()
    {
        var outOfMemory = OutOfMemory.Happened(_root, _plan.Id);
        foreach (var output in _run!.Streams.Outputs)
        {
            _log?.Finish(output.Name, output.Rest);
        }

        _health?.Dispose();
        _health = null;
        _run.Forget();
        _run.Dispose();
        _run = null;
        _killAt = _drainedAt = null;
        _status.Write(_status.Current with
        {
            Status = "exited",
            Pid = 0,
            FinishedAt = StatusFile.Now,
            ExitCode = _code!.Value,
            OutOfMemory = outOfMemory,
            Ports = null,
            Address = null,
        });
        if (PlanRestart())
        {
            return false;
        }

        _mount?.Dispose();
        _mount = null;
        _status.Write(_status.Current with { MonitorPid = 0 });
        return true;
    }

    // Whether the policy starts it again, and when.
    private bool PlanRestart()
    {
        if (!_restart.Plan(_status.Current))
        {
            return false;
        }

        _status.Write(_status.Current with { Status = "restarting", MonitorPid = Environment.ProcessId });
        return true;
    }

    private void Freeze(bool freeze)
    {
        if (_run is null)
        {
            throw Freezing.Refused(freeze);
        }

        using var container = Container.Open(_root, _plan.Id, change: true);
        Freezing.Change(container, _run.Pid, isPaused: _status.Current.Status == "paused", freeze);
    }
}
