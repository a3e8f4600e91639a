using System.Globalization;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Seccomp;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime;

/// <summary>The making of a container, for `create` and `run`: whatever fails, nothing of it is left.</summary>
internal sealed class Creation
{
    // The steps that --debug tells of, in the words of runc: they are what people look for.
    public const string InInit = "child process in init(): it has what the host makes for it";
    public const string Completed = "init: closing the pipe to signal completion: about to wait for the start, or to exec";
    private readonly Bundle _bundle;
    private readonly bool _rootless;

    private Creation(Bundle bundle)
    {
        _bundle = bundle;
        _rootless = Rootless.IsSo;
    }

    /// <summary>What the caller wants beside the bundle.</summary>
    internal sealed record Wishes
    {
        /// <summary>The connected console socket; -1: none.</summary>
        public int ConsoleSocket { get; init; } = -1;

        /// <summary>See <see cref="InitRequest"/>.</summary>
        public int PreservedDescriptors { get; init; }

        /// <summary>See <see cref="InitRequest"/>.</summary>
        public int ListenDescriptors { get; init; }

        /// <summary>See <see cref="InitRequest"/>.</summary>
        public bool NoPivot { get; init; }

        /// <summary>See <see cref="InitRequest"/>.</summary>
        public bool NoNewKeyring { get; init; }

        /// <summary>See <see cref="InitRequest"/>.</summary>
        public bool DiesWithParent { get; init; }

        /// <summary>Where is warned.</summary>
        public RuntimeLog Log { get; init; } = new();

        /// <summary>Where init's process id is written; null: nowhere.</summary>
        public string? PidFile { get; init; }

        /// <summary>For who does not wait for `start`: what is done last before the user's program; null: it waits.</summary>
        public Action? BeforeStart { get; init; }
    }

    /// <summary>The first of them, when the child is there.</summary>
    public static string Joined(int pid) => $"nsexec container setup: process {pid} is in the container's namespaces";

    /// <summary>Makes a container, up to where it waits to be started, or is about to execute the user's program.</summary>
    /// <returns>Init, of which we are the parent.</returns>
    public static Host Make(string root, string id, Bundle bundle, Wishes wishes) => new Creation(bundle).Make(root, id, wishes);

    private Host Make(string root, string id, Wishes wishes)
    {
        using var state = StateDirectory.Create(root, id);
        var record = new ContainerRecord
        {
            OciVersion = _bundle.Spec.OciVersion!,
            Id = id,
            Created = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            Bundle = _bundle.Path,
            Rootfs = _bundle.RootPath,
            Owner = (uint)Syscall.Try(SyscallNumber.Geteuid),
            Annotations = _bundle.Spec.Annotations,
            HasPoststop = _bundle.Spec.Hooks?.Poststop is { Count: > 0 },
        };
        Cgroup? cgroup = null;
        Host? host = null;
        try
        {
            var hierarchies = CgroupHierarchies.Find();
            var place = CgroupPath.Of(_bundle.Spec.Linux?.CgroupsPath, id);
            // Before each thing is made: whoever finds us killed finds what may be there.
            state.Write(record with { PlannedCgroups = Plan(hierarchies, place) });
            cgroup = Cgroup.Begin(hierarchies, place, _bundle.Spec.Linux?.Resources, _rootless);
            using var fifo = wishes.BeforeStart is null ? MakeStartFifo(state) : null;
            using var listener = ConnectListener(_bundle.Spec.Linux?.Seccomp);
            var request = Request(id, wishes, fifo?.Number ?? -1) with { SeccompListener = listener?.Number ?? -1 };
            var made = cgroup;
            host = Start(request, new Host.Duties(
                pid =>
                {
                    // Init has its own.
                    listener?.Dispose();
                    wishes.Log.Debug(Joined(pid));
                    state.WriteConfig(_bundle.Config);
                    Capabilities.WarnOfUnavailable(_bundle.Spec.Process!.Capabilities, _bundle.Spec.HasOwn("user"), wishes.Log);
                    var prepared = Prepare(pid, made, hierarchies);
                    record = record with { CgroupPaths = prepared.Cgroups.Paths };
                    state.Write(record);
                    return prepared;
                },
                pid =>
                {
                    Hooks.Run("prestart", _bundle.Spec.Hooks?.Prestart, record.Describe("creating", pid));
                    Hooks.Run("createRuntime", _bundle.Spec.Hooks?.CreateRuntime, record.Describe("creating", pid));
                },
                pid =>
                {
                    wishes.Log.Debug(InInit);
                    state.WriteAhead(record with { InitProcessPid = pid, InitProcessStart = ProcessStat.TryRead(pid)?.Start ?? 0 });
                },
                pid =>
                {
                    wishes.Log.Debug(Completed);
                    made.ApplyProcessLimit(_bundle.Spec.Linux?.Resources);
                    // While init still waits for us, and ends with us: from here on it can be found.
                    state.PutInPlace();
                    if (wishes.PidFile is { } pidFile)
                    {
                        Failure.Step($"writing the pid file {pidFile}", () => PidFiles.Write(pidFile, pid));
                    }

                    wishes.BeforeStart?.Invoke();
                })
            {
                Birthplace = _rootless ? null : cgroup.Birthplace,
            });
            return host;
        }
        catch
        {
            host?.Abandon();
            host?.Dispose();
            cgroup?.Undo();
            state.Remove();
            // What the hooks before did is theirs to undo (runtime.md, Lifecycle 3 to 5).
            Hooks.RunPoststop(_bundle.Spec.Hooks?.Poststop, record.Describe("stopped", null), wishes.Log);
            throw;
        }
        finally
        {
            cgroup?.Dispose();
        }
    }

    /// <summary>Connects to whoever answers seccomp notifications; null where the profile names nobody, or no call of theirs.</summary>
    public static Descriptor? ConnectListener(SeccompSpec? seccomp)
    {
        if (seccomp?.ListenerPath is not { Length: > 0 } path || !SeccompCompiler.Notifies(seccomp))
        {
            return null;
        }

        try
        {
            return Sockets.Connect(path);
        }
        catch (SyscallException e)
        {
            throw Failure.Of(6040, $"connecting to linux.seccomp.listenerPath {path}", $"failed to connect with seccomp agent: {e.Message}", "Start the seccomp agent that listens there.", e);
        }
    }

    private static Descriptor MakeStartFifo(StateDirectory state)
    {
        state.MakeStartFifo();
        return FileSystem.Open(state.Number, StateDirectory.StartFifo, OpenFlags.PathOnly | OpenFlags.NoFollow);
    }

    private static Dictionary<string, string> Plan(CgroupHierarchies hierarchies, CgroupPath place)
    {
        var planned = new Dictionary<string, string>();
        foreach (var hierarchy in hierarchies.All)
        {
            planned[hierarchy.Controllers[0]] = hierarchy.Absolute(place.In(hierarchy));
        }

        return planned;
    }

    private Host Start(InitRequest request, Host.Duties duties)
    {
        var joins = OpenNamespaces();
        try
        {
            return Host.Start(_bundle.Spec, joins, request, _bundle.Config, duties);
        }
        finally
        {
            foreach (var join in joins)
            {
                new Descriptor(join.Descriptor).Dispose();
            }
        }
    }

    private Host.Preparation Prepare(int pid, Cgroup cgroup, CgroupHierarchies hierarchies)
    {
        var resources = _bundle.Spec.Linux?.Resources;
        cgroup.Complete();
        if (_rootless)
        {
            cgroup.Join(pid, rootless: true);
        }

        Rlimits.Raise(pid, _bundle.Spec.Process!.Rlimits);
        cgroup.Apply(resources, DevicePolicy.Of(resources?.Devices), _rootless);
        if (!_rootless && CgroupOwner.Of(_bundle.Spec) is { } owner)
        {
            Failure.Step($"giving the container's cgroup to user {owner}", () => cgroup.GiveTo(owner));
        }

        if (_bundle.Spec.Process!.OomScoreAdj is { } score)
        {
            var written = FileSystem.TryWriteText(Descriptor.WorkingDirectory, $"/proc/{pid}/oom_score_adj", score.ToString(CultureInfo.InvariantCulture));
            // Whoever is not root may not lower it; containers run all the same.
            if (written < 0 && !(_rootless && written is -Errno.EACCES or -Errno.EPERM))
            {
                Failure.Step($"setting oom_score_adj to {score}", () => Syscall.Check(written, "write", $"/proc/{pid}/oom_score_adj"));
            }
        }

        var paths = new Dictionary<string, string>(cgroup.Paths);
        return new(new InitCgroups { Paths = paths, Version1 = Version1(hierarchies, paths) }, _rootless ? null : cgroup.OpenEntrance());
    }

    // Where the container has no directory of its own it stays in ours.
    private static List<InitHierarchy>? Version1(CgroupHierarchies hierarchies, Dictionary<string, string> paths)
    {
        if (hierarchies.IsUnified)
        {
            return null;
        }

        var told = new List<InitHierarchy>();
        foreach (var hierarchy in hierarchies.All)
        {
            if (hierarchy.Version == CgroupVersion.One)
            {
                told.Add(new InitHierarchy
                {
                    Controllers = [.. hierarchy.Controllers],
                    MountPoint = hierarchy.MountPoint,
                    Path = paths.TryGetValue(hierarchy.Controllers[0], out var path) ? path : hierarchy.Absolute(hierarchy.OwnPath),
                });
            }
        }

        return told;
    }

    private InitRequest Request(string id, Wishes wishes, int fifo) => new()
    {
        Id = id,
        Bundle = _bundle.Path,
        RootPath = _bundle.RootPath,
        StartFifo = fifo,
        ConsoleSocket = wishes.ConsoleSocket,
        PreservedDescriptors = wishes.PreservedDescriptors,
        ListenDescriptors = wishes.ListenDescriptors,
        NoPivot = wishes.NoPivot,
        NoNewKeyring = wishes.NoNewKeyring,
        DiesWithParent = wishes.DiesWithParent,
        InUserNamespace = _rootless || _bundle.Spec.HasOwn("user"),
        // In a user namespace init makes it, so that it belongs to that.
        AwaitsNetwork = _bundle.Spec.HasNew("network") && !_rootless && !_bundle.Spec.HasOwn("user") && NetworkNamespace.MayReturn(),
    };

    // Those that are joined by path, in the order in which that can be done.
    private List<NamespaceJoin> OpenNamespaces()
    {
        var joins = new List<NamespaceJoin>();
        foreach (var (word, flag, _) in Namespaces.All)
        {
            if (_bundle.Spec.Find(word) is { Path: { Length: > 0 } path })
            {
                try
                {
                    joins.Add(new NamespaceJoin(FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly).Release(), flag, $"{word} {path}"));
                }
                catch (SyscallException e)
                {
                    throw Failure.Of(6012, $"opening the {word} namespace {path}", e.Message, "Correct linux.namespaces in config.json.");
                }
            }
        }

        return joins;
    }
}
