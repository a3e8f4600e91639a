using System.Globalization;
using System.Text;
using System.Text.Json;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime;

/// <summary>The container's first process (or one more, for `exec`) from its own namespaces to the user's program: read it from top to bottom.</summary>
internal sealed class Init
{
    private readonly SyncChannel _channel;
    private readonly InitRequest _request;
    private readonly RuntimeSpec _spec;

    private InitCgroups _cgroups = new();

    // Compiled by the host; null until it was taken.
    private byte[]? _filter;

    // To a `start` that waits for our exec.
    private Descriptor? _starter;

    private Init(SyncChannel channel, InitRequest request, RuntimeSpec spec)
    {
        _channel = channel;
        _request = request;
        _spec = spec;
    }

    /// <summary>The `init` that nobody types; returns only by failing.</summary>
    /// <param name="channelNumber">The descriptor of the channel to the parent.</param>
    public static int Run(string channelNumber)
    {
        using var channel = new SyncChannel(new Descriptor(int.Parse(channelNumber, CultureInfo.InvariantCulture)));
        Init? init = null;
        try
        {
            const int SetDumpable = 4;
            Syscall.Try(SyscallNumber.Prctl, SetDumpable, 0);
            const int SetDescriptorFlags = 2;
            Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, channel.Number, SetDescriptorFlags, 1), "fcntl");
            var request = RuntimeDocuments.ReadInitRequest(Expect(channel.Receive(), SyncKind.Request));
            var spec = RuntimeDocuments.ReadRuntimeSpec(Expect(channel.Receive(), SyncKind.Request));
            init = new Init(channel, request, spec);
            if (request.Joins)
            {
                init.Join();
            }
            else
            {
                init.Make();
            }
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException or ArgumentException or JsonException)
        {
            Report(channel, init?._starter, e is ContainerizeException ? e.Message : $"starting the container process: {e.Message}");
        }

        return 1;
    }

    // The root of a cgroup namespace is the cgroup in which it is made.
    private void EnterCgroups()
    {
        var files = new List<Descriptor>();
        var message = _channel.Receive(files);
        _cgroups = RuntimeDocuments.ReadInitCgroups(Expect(message, SyncKind.Cgroups));
        using var entrance = new CgroupEntrance(files, _cgroups.Entered ?? []);
        entrance.Enter();
        if (!_request.Joins && _spec.HasNew("cgroup"))
        {
            Unshare(CloneFlags.NewCgroup, "a cgroup namespace");
        }
    }

    private void EnterNetwork()
    {
        var files = new List<Descriptor>();
        Expect(_channel.Receive(files), SyncKind.Network);
        using var network = files.Single();
        NetworkNamespace.Enter(network);
    }

    // For this thread alone. The others end when it executes the program.
    private static void Unshare(ulong flag, string what) => Syscall.Check(Syscall.Try(SyscallNumber.Unshare, (nint)flag), "unshare", what);

    private void Make()
    {
        using var proc = ProcFs.Open();
        if (!_request.NoNewKeyring)
        {
            Keyring.Join(_request.Id);
        }

        if (_spec.HasNew("network") && !_request.AwaitsNetwork)
        {
            Unshare(CloneFlags.NewNetwork, "a network namespace");
            Failure.Step("bringing up the loopback interface", Loopback.Raise);
        }

        EnterCgroups();
        if (_request.AwaitsNetwork)
        {
            EnterNetwork();
        }

        // Everything in the root is seen by nobody yet, and nothing of it is entered.
        var root = new RootFileSystem(_spec, _request, proc, _cgroups, _request.InUserNamespace ? AskForTree : static _ => null);
        root.Prepare();
        if (_spec.Hooks is { Prestart.Count: > 0 } or { CreateRuntime.Count: > 0 })
        {
            _channel.Send(SyncKind.RunHooks);
            AwaitProceed();
        }

        Hooks.Run("createContainer", _spec.Hooks?.CreateContainer, State("creating"));
        if (_spec.Process?.Cwd is { Length: > 1 } directory)
        {
            root.MakeWorkingDirectory(directory);
        }

        root.Enter();
        if (_request.ConsoleSocket >= 0)
        {
            TakeTerminal(slave => root.MountConsole(slave));
        }

        if (_spec.Hostname is { Length: > 0 } hostname)
        {
            Failure.Step($"setting the host name {hostname}", () => Name(SyscallNumber.Sethostname, hostname));
        }

        if (_spec.Domainname is { Length: > 0 } domain)
        {
            Failure.Step($"setting the domain name {domain}", () => Name(SyscallNumber.Setdomainname, domain));
        }

        root.Close();
        Finish(_spec.Process!, proc);
    }

    private void Join()
    {
        using var proc = ProcFs.Open();
        if (!_request.NoNewKeyring)
        {
            Keyring.Join(_request.Id);
        }

        EnterCgroups();
        if (_request.ConsoleSocket >= 0)
        {
            TakeTerminal(null);
        }

        Finish(_spec.Process!, proc);
    }

    // From the container as it should be to the user's program. What is done as whom, and before what, is what matters here.
    private void Finish(ProcessSpec process, ProcFs proc)
    {
        Labels.Apply(process, proc);
        Scheduling.Apply(process);
        // Closed, not only at exec: process.cwd and process.args may name a /proc/self/fd/N (CVE-2024-21626).
        Execution.CloseAllBut(3 + _request.PreservedDescriptors, [_channel.Number, _request.StartFifo, _request.SeccompListener, proc.Number]);
        var environment = Execution.EnvironmentOf(process, _request.ListenDescriptors);
        Syscall.Try(SyscallNumber.Umask, (nint)(process.User?.Umask ?? 0b000_010_010));

        var filter = SeccompStep.Prepare(TakeFilter(), _request.SeccompListener, ProcessState);
        // Without no_new_privs a filter needs a right that the next steps give up; with it, the later the fewer calls it must allow.
        if (filter is not null && !process.NoNewPrivileges)
        {
            filter.Load();
        }

        var cwd = process.Cwd is { Length: > 0 } given ? given : "/";
        var changed = Credentials.TryChangeDirectory(cwd, out var error);
        if (!changed && error!.Errno is not (Errno.EPERM or Errno.EACCES))
        {
            throw Failure.Of(6013, $"changing to process.cwd {cwd}", error.Message, "Use a directory of the container.");
        }

        Credentials.Become(process);
        // Directories that only the user may enter, as on NFS.
        if (!changed && !Credentials.TryChangeDirectory(cwd, out error))
        {
            throw Failure.Of(6013, $"changing to process.cwd {cwd}", error!.Message, "Use a directory of the container that process.user may enter.");
        }

        Credentials.CheckDirectory();
        Failure.Step("setting capabilities", () => Capabilities.Apply(process.Capabilities));
        if (process.NoNewPrivileges)
        {
            const int SetNoNewPrivileges = 38;
            Syscall.Check(Syscall.Try(SyscallNumber.Prctl, SetNoNewPrivileges, 1, 0, 0, 0), "prctl", "PR_SET_NO_NEW_PRIVS");
        }

        var program = Execution.Find(process, environment);
        Scheduling.SetPersonality(_spec.Linux?.Personality);
        _channel.Send(SyncKind.Ready);
        AwaitProceed();
        if (_request.DiesWithParent)
        {
            DieWithParent();
        }

        if (_request.StartFifo >= 0)
        {
            _starter = StartChannel.Await(proc, _request.StartFifo, Hooks.DelayStart(_spec.Hooks));
        }

        Rlimits.Apply(process.Rlimits);
        if (filter is not null && process.NoNewPrivileges)
        {
            filter.Load();
        }

        // As the program itself will be, limits and filter included.
        if (!_request.Joins)
        {
            Hooks.Run("startContainer", _spec.Hooks?.StartContainer, State("created"));
        }

        StartChannel.TellExecution(_starter);
        try
        {
            Execution.Replace(program, process.Args!, environment);
        }
        catch (SyscallException e)
        {
            throw Failure.Of(6014, "starting the container process", $"exec {program}: {Errno.Describe(e.Errno)}", "Check that the program is for this architecture, and that its interpreter is there.");
        }
    }

    // Not before we have become the user: that would take it back (prctl(2)). Who ended earlier has closed the channel.
    private void DieWithParent()
    {
        const int SetParentDeathSignal = 1;
        Syscall.Try(SyscallNumber.Prctl, SetParentDeathSignal, Signals.Kill);
        if (Polling.Wait(_channel.Number, 0))
        {
            throw new SyscallException("read", "from the runtime, which has ended", Errno.EPIPE);
        }
    }

    private void TakeTerminal(Action<int>? mount)
    {
        Failure.Step("making the container's terminal", () =>
        {
            using var slave = Terminal.Make(_request.ConsoleSocket, _spec.Process!.ConsoleSize);
            mount?.Invoke(slave.Number);
            Terminal.Take(slave.Number);
        });
    }

    private Descriptor? AskForTree(int mount)
    {
        TakeFilter();
        _channel.Send(SyncKind.NeedsTree, BitConverter.GetBytes(mount));
        var trees = new List<Descriptor>();
        Expect(_channel.Receive(trees), SyncKind.Tree);
        return trees.Count > 0 ? trees[0] : null;
    }

    private byte[] TakeFilter() => _filter ??= _spec.Linux?.Seccomp is null ? [] : Expect(_channel.Receive(), SyncKind.Filter);

    private void AwaitProceed()
    {
        TakeFilter();
        if (_channel.Receive() is not { Kind: SyncKind.Proceed })
        {
            throw new SyscallException("read", "from the runtime, which has ended", Errno.EPIPE);
        }
    }

    private ContainerState State(string status) => new()
    {
        OciVersion = _spec.OciVersion ?? "",
        Id = _request.Id,
        Status = status,
        Pid = (int)Syscall.Try(SyscallNumber.Getpid),
        Bundle = _request.Bundle,
        Annotations = _spec.Annotations,
    };

    // For the answerer of seccomp notifications, who sees us from outside (config-linux.md, The Container Process State).
    private ContainerProcessState ProcessState() => new()
    {
        OciVersion = _spec.OciVersion ?? "",
        Fds = ["seccompFd"],
        Pid = _request.HostPid,
        Metadata = _spec.Linux?.Seccomp?.ListenerMetadata,
        State = State(_request.Joins ? "running" : "creating") with { Pid = _request.Joins ? _request.InitPid : _request.HostPid },
    };

    private static void Name(nint call, string name)
    {
        using var text = new NativeText(name);
        Syscall.Check(Syscall.Try(call, text.Address, Encoding.UTF8.GetByteCount(name)), call == SyscallNumber.Sethostname ? "sethostname" : "setdomainname", name);
    }

    private static byte[] Expect(SyncMessage? message, SyncKind kind) =>
        message?.Kind == kind ? message.Content : throw new SyscallException("read", "what the runtime asks", Errno.EPIPE);

    // To a `start` that waits, or else to the parent; to our own errors once it has gone.
    private static void Report(SyncChannel channel, Descriptor? starter, string text)
    {
        if (StartChannel.TellFailure(starter, text))
        {
            return;
        }

        try
        {
            channel.Send(SyncKind.Failure, Encoding.UTF8.GetBytes(text));
        }
        catch (SyscallException)
        {
            FileSystem.TryWrite(2, Encoding.UTF8.GetBytes($"containerize-runtime: {text}\n"));
        }
    }
}
