using Containerize.Containers;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Commands;

/// <summary>`exec`: another process in a container.</summary>
internal static class ExecCommand
{
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly string[] Flags = ["tty,t", "detach,d", "no-new-privs", "ignore-paused", "no-subreaper", "engine-exit-codes"];

    private static readonly string[] Values =
    [
        "console-socket", "cwd", "env,e", "user,u", "additional-gids,g", "process,p", "pid-file", "process-label", "apparmor", "cap,c", "preserve-fds", "detach-keys", "called", "cgroup",
    ];

    /// <summary>Runs a process; the exit code is its own.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("exec", invocation.Words, Flags, Values);
        try
        {
            return Run(invocation, options);
        }
        catch (ContainerizeException e) when (options.Has("engine-exit-codes"))
        {
            // It is the tool that wants these codes.
            var told = MissingProgram.TryTranslate(e.Message) is { } why ? Failure.Of(6014, $"running a program in {options.Value("called") ?? "the container"}", why.TrimEnd('.')) : e;
            FileSystem.TryWrite(2, System.Text.Encoding.UTF8.GetBytes($"error {told.Code}: {told.Message}\n"));
            return StartFailure.CodeOf(e.Message);
        }
    }

    private static int Run(Invocation invocation, Options options)
    {
        var words = options.Expect(1, int.MaxValue, "the id of the container, and a command");
        using var container = Container.Open(invocation.Root, words[0], change: false);
        // Of another user namespace nobody may look at us before we are in it ourselves, by then from a copy.
        if (Namespaces.Identity($"{container.Record.InitProcessPid}", "user") == Namespaces.Identity("self", "user"))
        {
            SealedExecutable.Become();
        }

        var spec = (container.State.TryReadConfig() ?? throw Stopped(words[0])) with { Hooks = null };
        spec = spec with { Process = ProcessOf(options, spec.Process!, [.. words.Skip(1)]) };
        CheckStatus(container, options);
        Capabilities.WarnOfUnavailable(spec.Process!.Capabilities, spec.HasOwn("user"), invocation.Log);

        using var target = container.TryOpenProcess() ?? throw Stopped(words[0]);
        using var console = ConsoleEnds.Make(options, spec.Process!.Terminal, options.Has("detach"));
        using var cgroup = container.OpenCgroup();
        using var listener = Creation.ConnectListener(spec.Linux?.Seccomp);
        var below = SubCgroups.Parse(options.All("cgroup"));
        var request = new InitRequest
        {
            Id = words[0],
            Bundle = container.Record.Bundle,
            Joins = true,
            InitPid = container.Record.InitProcessPid,
            SeccompListener = listener?.Number ?? -1,
            ConsoleSocket = console?.Childs ?? -1,
            PreservedDescriptors = CreateCommand.Preserved(options),
            ListenDescriptors = CreateCommand.Listening(),
        };
        var duties = new Host.Duties(
            pid =>
            {
                listener?.Dispose();
                invocation.Log.Debug(Creation.Joined(pid));
                Prepare(pid, spec.Process!);
                return new(new InitCgroups(), null);
            },
            null,
            _ => invocation.Log.Debug(Creation.InInit),
            // Not before: our own start takes a thread, which a limit of the container may not allow.
            pid =>
            {
                invocation.Log.Debug("setns_init: about to exec");
                cgroup.Join(pid, container.Record.InitProcessPid, Rootless.IsSo, below);
                CpuAffinity.Apply(pid, spec.Process!.ExecCpuAffinity?.Final);
            });
        using var host = Host.Start(spec, Joins(target, container.Record.InitProcessPid), request, RuntimeDocuments.Write(spec), duties);
        try
        {
            host.AwaitExec();
            if (options.Value("pid-file") is { } pidFile)
            {
                Failure.Step($"writing the pid file {pidFile}", () => PidFiles.Write(pidFile, host.Pid));
            }
        }
        catch
        {
            host.Abandon();
            throw;
        }

        return options.Has("detach") ? 0 : Foreground.Wait(host.Process, console?.Master());
    }

    private static void CheckStatus(Container container, Options options)
    {
        switch (container.Status(locked: false))
        {
            case "stopped" or "creating":
                throw Stopped(container.Record.Id);
            case "paused" when !options.Has("ignore-paused"):
                throw Failure.Of(6008, $"executing in container {container.Record.Id}", "cannot exec in a paused container (use --ignore-paused to override)");
            default:
                return;
        }
    }

    private static ContainerizeException Stopped(string id) => Failure.Of(6008, $"executing in container {id}", "cannot exec in a stopped container", "Start it first.");

    // All of the process's namespaces that are not ours, by its pidfd at once. Its mounts too: whoever in the container looks at us through
    // /proc/PID/root is to find its own root.
    private static List<NamespaceJoin> Joins(Descriptor target, int pid)
    {
        var flags = 0ul;
        foreach (var (_, flag, file) in Namespaces.All)
        {
            if (Namespaces.Identity($"{pid}", file) is { } theirs && theirs != Namespaces.Identity("self", file))
            {
                flags |= flag;
            }
        }

        return flags == 0 ? [] : [new NamespaceJoin(target.Number, flags, $"the namespaces of process {pid}")];
    }

    private static void Prepare(int pid, ProcessSpec process)
    {
        Rlimits.Raise(pid, process.Rlimits);
        CpuAffinity.Apply(pid, process.ExecCpuAffinity?.Initial);
        if (process.OomScoreAdj is { } score)
        {
            FileSystem.TryWriteText(Descriptor.WorkingDirectory, $"/proc/{pid}/oom_score_adj", $"{score}");
        }
    }

    private static ProcessSpec ProcessOf(Options options, ProcessSpec init, List<string> command)
    {
        ProcessSpec process;
        if (options.Value("process") is { } file)
        {
            using var opened = FileSystem.Open(Descriptor.WorkingDirectory, file, OpenFlags.ReadOnly);
            process = Bundle.Parse(FileSystem.ReadToEnd(opened.Number, MostBytes, file), $"reading the process {file}", RuntimeDocuments.ReadProcessSpec);
        }
        else
        {
            process = command.Count > 0 ? FromOptions(options, init, command) : throw Options.Bad("exec", "process args cannot be empty");
        }

        SpecCheck.CheckProcess(process);
        return process;
    }

    private static ProcessSpec FromOptions(Options options, ProcessSpec init, List<string> command)
    {
        var added = options.All("cap");
        return init with
        {
            Args = command,
            Terminal = options.Has("tty"),
            ConsoleSize = options.Has("tty") && !options.Has("detach") ? Foreground.Size() : null,
            Cwd = options.Value("cwd") ?? init.Cwd,
            Env = [.. init.Env ?? [], .. options.All("env")],
            NoNewPrivileges = init.NoNewPrivileges || options.Has("no-new-privs"),
            ApparmorProfile = options.Value("apparmor") ?? init.ApparmorProfile,
            SelinuxLabel = options.Value("process-label") ?? init.SelinuxLabel,
            User = UserOf(options, init.User ?? new UserSpec()),
            Capabilities = added.Count == 0 ? init.Capabilities : new CapabilitiesSpec
            {
                Bounding = [.. init.Capabilities?.Bounding ?? [], .. added],
                Effective = [.. init.Capabilities?.Effective ?? [], .. added],
                Permitted = [.. init.Capabilities?.Permitted ?? [], .. added],
                Inheritable = init.Capabilities?.Inheritable,
                Ambient = init.Capabilities?.Ambient,
            },
        };
    }

    // Numbers only: whose /etc/passwd would it be (CVE-2026-30892)?
    private static UserSpec UserOf(Options options, UserSpec init)
    {
        var groups = new List<uint>(init.AdditionalGids ?? []);
        foreach (var text in options.All("additional-gids"))
        {
            groups.Add(uint.TryParse(text, out var group) ? group : throw Options.Bad("exec", $"--additional-gids {text} is not a number"));
        }

        if (options.Value("user") is not { } user)
        {
            return init with { AdditionalGids = groups };
        }

        var parts = user.Split(':');
        var gid = init.Gid;
        if (parts.Length > 2 || !uint.TryParse(parts[0], out var uid) || (parts.Length == 2 && !uint.TryParse(parts[1], out gid)))
        {
            throw Options.Bad("exec", $"--user {user} is not UID or UID:GID in numbers");
        }

        return init with { Uid = uid, Gid = gid, AdditionalGids = groups };
    }
}
