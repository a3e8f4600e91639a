using System.CommandLine;
using Containerize.Containers;
using Containerize.Containers.Options;
using Containerize.Linux;

namespace Containerize.Tool.Containers;

/// <summary>The options of <c>run</c> and <c>create</c>, under docker's names.</summary>
/// <remarks>https://docs.docker.com/reference/cli/docker/container/run/</remarks>
internal sealed class ContainerOptions
{
    private readonly Option<string[]> _environment = Several("--env", "NAME=VALUE", "A variable; a name alone has its value from here.", "-e");
    private readonly Option<string[]> _environmentFiles = Several("--env-file", "FILE", "Variables, one on each line.");
    private readonly Option<string[]> _labels = Several("--label", "NAME=VALUE", "A label.", "-l");
    private readonly Option<string[]> _labelFiles = Several("--label-file", "FILE", "Labels, one on each line.");
    private readonly Option<string[]> _annotations = Several("--annotation", "NAME=VALUE", "An annotation for the runtime.");
    private readonly Option<string?> _entrypoint = One("--entrypoint", "PROGRAM", "The program instead of the image's; empty: none.");
    private readonly Option<string?> _directory = One("--workdir", "PATH", "The directory in which it starts.", "-w");
    private readonly Option<string?> _user = One("--user", "USER[:GROUP]", "Who it is: names or numbers.", "-u");
    private readonly Option<string[]> _groups = Several("--group-add", "GROUP", "One more group.");
    private readonly Option<string?> _hostName = One("--hostname", "NAME", "Its name for itself.", "-h");
    private readonly Option<string?> _domainName = One("--domainname", "NAME", "Its domain.");
    private readonly Option<bool> _terminal = Flag("--tty", "With a terminal.", "-t");
    private readonly Option<bool> _interactive = Flag("--interactive", "Standard input stays open.", "-i");
    private readonly Option<bool> _remove = Flag("--rm", "Goes away when it ends.");
    private readonly Option<bool> _readOnly = Flag("--read-only", "Its root filesystem cannot be changed.");
    private readonly Option<bool> _privileged = Flag("--privileged", "May do what you may.");
    private readonly Option<bool> _init = Flag("--init", "A small first process, which passes signals on and reaps.");
    private readonly Option<string[]> _volumes = Several("--volume", "SOURCE:TARGET[:ro]", "A directory of the host or a volume.", "-v");
    private readonly Option<string[]> _mounts = Several("--mount", "type=...,source=...,target=...", "The same in other words.");
    private readonly Option<string[]> _tmpfs = Several("--tmpfs", "TARGET[:OPTIONS]", "A directory in memory.");
    private readonly Option<string[]> _volumesFrom = Several("--volumes-from", "CONTAINER[:ro]", "The volumes of another container.");
    private readonly Option<string[]> _devices = Several("--device", "DEVICE[:TARGET][:rwm]", "A device of the host.");
    private readonly Option<string[]> _deviceRules = Several("--device-cgroup-rule", "RULE", "A rule for devices.");
    private readonly Option<string[]> _ports = Several("--publish", "[[IP:]HOST:]CONTAINER[/udp]", "A port of the host that leads into it.", "-p");
    private readonly Option<bool> _publishAll = Flag("--publish-all", "One for each port that the image exposes.", "-P");
    private readonly Option<string[]> _expose = Several("--expose", "PORT", "A port for --publish-all.");
    private readonly NetworkOptions _network = new();
    private readonly LimitOptions _limits = new();
    private readonly HealthCheckOptions _health = new();
    private readonly Option<string[]> _capAdd = Several("--cap-add", "CAPABILITY", "One more capability, or ALL.");
    private readonly Option<string[]> _capDrop = Several("--cap-drop", "CAPABILITY", "One less, or ALL.");
    private readonly Option<string[]> _security = Several("--security-opt", "OPTION", "no-new-privileges, seccomp=FILE|unconfined, apparmor=PROFILE ...");
    private readonly Option<string[]> _sysctls = Several("--sysctl", "NAME=VALUE", "A kernel parameter of its own.");
    private readonly Option<string?> _pid = One("--pid", "host|container:NAME", "Whose processes it sees.");
    private readonly Option<string?> _ipc = One("--ipc", "host|private|container:NAME", "Whose shared memory and queues.");
    private readonly Option<string?> _uts = One("--uts", "host", "Whose name.");
    private readonly Option<string?> _cgroupNamespace = One("--cgroupns", "host|private", "Whose cgroups.");
    private readonly Option<string?> _cgroupParent = One("--cgroup-parent", "PATH", "The cgroup in which its own is made.");
    private readonly Option<string?> _restart = One("--restart", "POLICY", "no, on-failure[:N], always or unless-stopped.");
    private readonly Option<string?> _stopSignal = One("--stop-signal", "SIGNAL", "What asks it to end.");
    private readonly Option<int?> _stopTimeout = new("--stop-timeout") { Description = "How long it has after that, in seconds.", HelpName = "SECONDS" };
    private readonly Option<string?> _logDriver = One("--log-driver", "k8s-file|none", "Where its output is kept.");
    private readonly Option<string[]> _logOptions = Several("--log-opt", "max-size=10m", "max-size and max-file bound the log.");

    // Of docker's options those that change nothing here, so that a command line is taken as it is.
    private readonly Option<string?> _users = One("--userns", "host", "Accepted: the users are the caller's.");
    private readonly Option<bool> _trust = Flag("--disable-content-trust", "Accepted.");

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])
        [
            _environment, _environmentFiles, _labels, _labelFiles, _annotations, _entrypoint, _directory, _user, _groups, _hostName, _domainName, _terminal, _interactive,
            _remove, _readOnly, _privileged, _init, _volumes, _mounts, _tmpfs, _volumesFrom, _devices, _deviceRules, _ports, _publishAll, _expose,
            .. _network.All, .. _limits.All, .. _health.All, _capAdd, _capDrop, _security, _sysctls, _pid, _ipc, _uts, _cgroupNamespace, _cgroupParent, _restart,
            _stopSignal, _stopTimeout, _logDriver, _logOptions, _users, _trust,
        ])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked; CTZ5020 for a value that cannot be.</summary>
    internal RunOptions Read(ParseResult parsed, ContainerStore store, Terminal terminal)
    {
        var terminalWanted = parsed.GetValue(_terminal);
        var restart = parsed.GetValue(_restart) is { } policy ? RestartOption.Parse(policy) : new RestartPlan();
        if (restart.Policy != "no" && parsed.GetValue(_remove))
        {
            throw new ContainerizeException(5020, "reading --restart and --rm", "what goes away when it ends cannot be started again", "Leave one out.");
        }

        if (parsed.GetValue(_users) is not (null or "" or "host") and var users)
        {
            throw new ContainerizeException(5020, $"reading --userns {users}", "a container has no user namespace of its own here; a plain user's all have one, in which he is root", "Leave it out.");
        }

        return new RunOptions
        {
            Entrypoint = parsed.GetValue(_entrypoint),
            Environment =
            [
                .. Values(parsed, _environmentFiles).SelectMany(f => EnvironmentOption.ReadFile("--env-file", terminal.PathOf(f), terminal.Variable)),
                .. Values(parsed, _environment).Select(e => EnvironmentOption.Read("-e", e, terminal.Variable)).OfType<string>(),
            ],
            Labels = Pairs("--label", Values(parsed, _labelFiles).SelectMany(f => EnvironmentOption.ReadFile("--label-file", terminal.PathOf(f), _ => "")).Concat(Values(parsed, _labels))),
            Annotations = Pairs("--annotation", Values(parsed, _annotations)),
            WorkingDirectory = parsed.GetValue(_directory),
            User = parsed.GetValue(_user),
            Groups = Values(parsed, _groups),
            HostName = parsed.GetValue(_hostName),
            DomainName = parsed.GetValue(_domainName),
            Terminal = terminalWanted,
            Interactive = parsed.GetValue(_interactive),
            AutoRemove = parsed.GetValue(_remove),
            ReadOnly = parsed.GetValue(_readOnly),
            Privileged = parsed.GetValue(_privileged),
            Init = parsed.GetValue(_init),
            Mounts =
            [
                .. Values(parsed, _volumes).Select(v => MountOption.Volume(v, terminal.Directory)),
                .. Values(parsed, _mounts).Select(m => MountOption.Mount(m, terminal.Directory)),
                .. Values(parsed, _tmpfs).Select(MountOption.Tmpfs),
            ],
            VolumesFrom = Values(parsed, _volumesFrom),
            Devices = [.. Values(parsed, _devices).Select(DeviceOption.Parse)],
            DeviceRules = Values(parsed, _deviceRules),
            Network = _network.Read(parsed, store, Ports(parsed)),
            PublishAll = parsed.GetValue(_publishAll),
            Resources = _limits.Read(parsed),
            SharedMemory = _limits.SharedMemory(parsed),
            Limits = _limits.Processes(parsed),
            OutOfMemoryScore = _limits.OutOfMemoryScore(parsed),
            AddedCapabilities = Values(parsed, _capAdd),
            DroppedCapabilities = Values(parsed, _capDrop),
            SecurityOptions = Values(parsed, _security),
            Sysctls = Pairs("--sysctl", Values(parsed, _sysctls)),
            ProcessNamespace = Namespace("--pid", parsed.GetValue(_pid), "pid", store),
            IpcNamespace = parsed.GetValue(_ipc) is "shareable" or "none" ? null : Namespace("--ipc", parsed.GetValue(_ipc), "ipc", store),
            NameNamespace = Namespace("--uts", parsed.GetValue(_uts), "uts", store),
            CgroupNamespace = Namespace("--cgroupns", parsed.GetValue(_cgroupNamespace), "cgroup", store),
            CgroupParent = parsed.GetValue(_cgroupParent),
            Restart = restart,
            StopSignal = parsed.GetValue(_stopSignal) is { } signal ? Signal("--stop-signal", signal) : null,
            StopTimeout = parsed.GetValue(_stopTimeout) ?? 10,
            Health = _health.Read(parsed),
            Log = Log(parsed),
        };
    }

    /// <summary>The number of a signal; CTZ5020 for a text that is none.</summary>
    internal static int Signal(string option, string text) =>
        SignalNames.Parse(text) is > 0 and var number ? number : throw new ContainerizeException(5020, $"reading {option} {text}", "there is no such signal", "See signal(7): TERM, HUP, 9 ...");

    internal static Option<string[]> Several(string name, string help, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    internal static Option<string?> One(string name, string help, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help };

    internal static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    internal static string[] Values(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) ?? [];

    internal static Dictionary<string, string> Pairs(string option, IEnumerable<string> texts)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals == 0 || text.Length == 0)
            {
                throw new ContainerizeException(5020, $"reading {option} {text}", "it has no name", "Write NAME=VALUE.");
            }

            pairs[equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..];
        }

        return pairs;
    }

    // What is said twice is meant once; of ports that the kernel chooses each is another.
    private PortPlan[] Ports(ParseResult parsed) =>
    [
        .. Values(parsed, _ports).SelectMany(PortMapping.Parse).Distinct(),
        .. parsed.GetValue(_publishAll) ? PortMapping.OfImage(Values(parsed, _expose)) : [],
    ];

    private LogPlan Log(ParseResult parsed)
    {
        var options = Pairs("--log-opt", Values(parsed, _logOptions));
        foreach (var name in options.Keys.Where(n => n is not ("max-size" or "max-file")))
        {
            throw new ContainerizeException(5020, $"reading --log-opt {name}", "it is not an option of the log", "There are max-size and max-file.");
        }

        var driver = parsed.GetValue(_logDriver) ?? "k8s-file";
        return new LogPlan
        {
            // Docker's and podman's names for a file are all the one that is here.
            Driver = driver is "k8s-file" or "json-file" or "local" or "journald" ? "k8s-file"
                : driver == "none" ? driver
                : throw new ContainerizeException(5020, $"reading --log-driver {driver}", "there is no such driver here", "There are k8s-file and none."),
            MaxSize = options.TryGetValue("max-size", out var size) ? ByteCount.Parse("--log-opt max-size", size) : 0,
            MaxFiles = options.TryGetValue("max-file", out var files) && int.TryParse(files, out var number) && number > 0 ? number : 1,
        };
    }

    // "host" and "private" are words for the configuration; another container is a path.
    private static string? Namespace(string option, string? text, string file, ContainerStore store)
    {
        switch (text)
        {
            case null or "" or "private":
                return text is "" ? null : text;
            case "host":
                return text;
        }

        if (!text.StartsWith("container:", StringComparison.Ordinal))
        {
            throw new ContainerizeException(5020, $"reading {option} {text}", "it is none of host, private and container:NAME", "Choose one of them.");
        }

        var other = store.Resolve(text["container:".Length..]);
        return other.IsRunning
            ? $"/proc/{other.Status.Pid}/ns/{file}"
            : throw new ContainerizeException(5023, $"joining the container '{other.Name}'", "it is not running", "Start it first.");
    }
}
