using System.Globalization;
using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime;

/// <summary>A container that was made: what state it is in, and what can be done to it from outside.</summary>
/// <remarks>creating -> created -> running (and paused) -> stopped, as runtime.md of the runtime-spec has it; the state is read off the kernel, not written down.</remarks>
internal sealed class Container : IDisposable
{
    private readonly StateDirectory _state;

    private Container(StateDirectory state, ContainerRecord? record)
    {
        _state = state;
        Record = record ?? new ContainerRecord { Id = state.Id };
        IsComplete = record is not null;
    }

    /// <summary>What is known of it.</summary>
    public ContainerRecord Record { get; private set; }

    /// <summary>Whether anything is known: a runtime that was killed may have left an empty directory.</summary>
    public bool IsComplete { get; }

    /// <summary>Its directory.</summary>
    public StateDirectory State => _state;

    /// <summary>Opens a container; CTZ6001 where there is none, or not more of it than a directory.</summary>
    /// <param name="root">Where all are.</param>
    /// <param name="id">Which.</param>
    /// <param name="change">Whether something is about to be changed: then no other command may.</param>
    public static Container Open(string root, string id, bool change)
    {
        var container = OpenRemains(root, id, change);
        if (container.IsComplete || (!change && container._state.IsLockedByOther()))
        {
            return container;
        }

        using (container)
        {
            throw container._state.Absent();
        }
    }

    /// <summary>As <see cref="Open"/>, also where a runtime that was killed has left a directory without a record.</summary>
    public static Container OpenRemains(string root, string id, bool change)
    {
        var state = StateDirectory.Open(root, id);
        try
        {
            if (change)
            {
                state.Lock();
            }

            return new Container(state, state.TryRead());
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>creating, created, running, paused or stopped.</summary>
    public string Status(bool locked)
    {
        if (Record.InitProcessPid == 0)
        {
            return !locked && _state.IsLockedByOther() ? "creating" : "stopped";
        }

        using var process = TryOpenProcess();
        if (process is null)
        {
            return "stopped";
        }

        // First, as a container can be paused before it is started, and nothing but `resume` helps it then.
        using var cgroup = OpenProcesses();
        return cgroup.IsFrozen ? "paused" : _state.HasStartFifo() ? "created" : "running";
    }

    /// <summary>Init's pidfd; null when it has ended, also when another process has its number by now.</summary>
    public Descriptor? TryOpenProcess()
    {
        if (Record.InitProcessPid <= 0)
        {
            return null;
        }

        var opened = Syscall.Try(SyscallNumber.PidfdOpen, Record.InitProcessPid, 0);
        if (opened < 0)
        {
            return null;
        }

        // The descriptor first, then what it is: between the two the number cannot go to another.
        var process = new Descriptor((int)opened);
        if (ProcessStat.TryRead(Record.InitProcessPid) is { IsAlive: true } stat && stat.Start == Record.InitProcessStart)
        {
            return process;
        }

        process.Dispose();
        return null;
    }

    /// <summary>Its cgroups.</summary>
    public Cgroup OpenCgroup() => Cgroup.Open(Record.CgroupPaths ?? []);

    /// <summary>Those of its cgroups that may count memory.</summary>
    public Cgroup OpenMemory() => Cgroup.Open(PathsOf("", "memory"));

    // Those that can stop it and name its processes; all, where it has none of them.
    private Cgroup OpenProcesses() => PathsOf("", "freezer", "devices") is { Count: > 0 } paths ? Cgroup.Open(paths) : OpenCgroup();

    private Dictionary<string, string> PathsOf(params ReadOnlySpan<string> controllers)
    {
        var paths = new Dictionary<string, string>();
        foreach (var (controller, path) in Record.CgroupPaths ?? [])
        {
            if (controllers.Contains(controller))
            {
                paths[controller] = path;
            }
        }

        return paths;
    }

    /// <summary>Writes down something new about it.</summary>
    public void Update(ContainerRecord record)
    {
        _state.Write(record);
        Record = record;
    }

    /// <summary>Its state, as `state` and hooks are told it.</summary>
    public ContainerState Describe(string status) => Record.Describe(status, status == "stopped" ? null : Record.InitProcessPid);

    /// <summary>Its row in `list`, and the answer of `state`.</summary>
    public ListedContainer List()
    {
        var status = Status(locked: false);
        return new ListedContainer
        {
            OciVersion = Record.OciVersion,
            Id = Record.Id,
            Pid = status is "stopped" or "creating" ? 0 : Record.InitProcessPid,
            Status = status,
            Bundle = Record.Bundle,
            Rootfs = Record.Rootfs,
            Created = Record.Created,
            Annotations = Record.Annotations,
            Owner = UserName(Record.Owner),
        };
    }

    /// <summary>Sends a signal to init, or to all processes.</summary>
    public void Signal(int signal, bool all)
    {
        using var process = TryOpenProcess();
        if (all || (process is not null && signal == Signals.Kill && SharesPids()))
        {
            using var cgroup = OpenProcesses();
            if (process is null && (!cgroup.Exists || cgroup.Processes().Count == 0))
            {
                return;
            }

            // A plain user's container may have none: then its first process stands for all.
            if (cgroup.Exists)
            {
                cgroup.SignalAll(signal);
                return;
            }
        }

        if (process is null)
        {
            throw Failure.Of(6008, $"sending signal {signal} to container {Record.Id}", "container not running", "");
        }

        Failure.Step($"sending signal {signal} to container {Record.Id}",
            () => Syscall.Check(Syscall.Try(SyscallNumber.PidfdSendSignal, process.Number, signal, 0, 0), "pidfd_send_signal"));
        // What is frozen dies when it thaws.
        if (signal == Signals.Kill)
        {
            using var cgroup = OpenProcesses();
            if (cgroup.IsFrozen)
            {
                cgroup.Thaw();
            }
        }
    }

    /// <summary>Ends what still runs in it, and removes it: processes, cgroups, state; then the poststop hooks.</summary>
    public void Destroy(RuntimeLog log)
    {
        const int MostMilliseconds = 10_000;
        const int MostMillisecondsToEnd = 1_000;
        using (var process = TryOpenProcess())
        {
            if (process is not null)
            {
                Syscall.Try(SyscallNumber.PidfdSendSignal, process.Number, Signals.Kill, 0, 0);
                using var frozen = OpenProcesses();
                if (frozen.IsFrozen)
                {
                    frozen.Thaw();
                }

                // Readable once it is dead, reaped by its parent or not.
                Polling.Wait(process.Number, MostMilliseconds);
            }
        }

        using (var cgroup = OpenProcesses())
        {
            if (cgroup.Exists)
            {
                cgroup.KillAll();
            }
        }

        Cgroup.Remove(Record.CgroupPaths ?? []);
        foreach (var (controller, path) in Record.PlannedCgroups ?? [])
        {
            // Init ends by itself before it has done anything there: one that keeps its processes is not ours, and stays.
            CgroupRemoval.TryRemove(path, controller.Length == 0 ? CgroupVersion.Two : CgroupVersion.One, Environment.TickCount64 + MostMillisecondsToEnd);
        }

        var hooks = Record.HasPoststop ? _state.TryReadConfig()?.Hooks?.Poststop : null;
        _state.Remove();
        Hooks.RunPoststop(hooks, Describe("stopped"), log);
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    // Where init's end does not end the others.
    private bool SharesPids() => _state.TryReadConfig() is { } spec && !spec.HasNew("pid");

    private static string UserName(uint user)
    {
        foreach (var line in File.Exists("/etc/passwd") ? File.ReadAllLines("/etc/passwd", Encoding.UTF8) : [])
        {
            var fields = line.Split(':');
            if (fields.Length > 2 && fields[2] == user.ToString(CultureInfo.InvariantCulture))
            {
                return fields[0];
            }
        }

        return $"#{user}";
    }
}
