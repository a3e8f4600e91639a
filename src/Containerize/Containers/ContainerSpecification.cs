using System.Globalization;
using Containerize.Containers.Options;
using Containerize.Oci;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>Makes the runtime's configuration (config.json) of an image and what somebody wants of it: nothing is read or written here.</summary>
/// <remarks>https://github.com/opencontainers/image-spec/blob/main/conversion.md; where that is silent, as docker has it.</remarks>
public sealed class ContainerSpecification
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly Wishes _wishes;
    private readonly RunOptions _options;
    private readonly ContainerConfig _image;
    private readonly IReadOnlyList<string> _capabilities;
    private readonly SecurityOptions _security;

    private ContainerSpecification(Wishes wishes)
    {
        _wishes = wishes;
        _options = wishes.Options;
        _image = wishes.Image;
        _capabilities = CapabilitySet.Of(_options.AddedCapabilities, _options.DroppedCapabilities, _options.Privileged, wishes.Machine.Capabilities);
        _security = SecurityOptions.Read(_options.SecurityOptions, _options.Privileged);
    }

    /// <summary>All that a configuration is made of.</summary>
    public sealed record Wishes
    {
        /// <summary>The container's id.</summary>
        public string Id { get; init; } = "";

        /// <summary>The options.</summary>
        public RunOptions Options { get; init; } = new();

        /// <summary>The image's configuration.</summary>
        public ContainerConfig Image { get; init; } = new();

        /// <summary>Who the program is.</summary>
        public ContainerUser User { get; init; } = new(0, 0, [], "/");

        /// <summary>What it sees beside its image, volumes as paths of the host; the order in which they are mounted is made here.</summary>
        public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

        /// <summary>Its devices.</summary>
        public IReadOnlyList<DeviceSpec> Devices { get; init; } = [];

        /// <summary>And what may be done with them.</summary>
        public IReadOnlyList<DeviceRule> DeviceRules { get; init; } = [];

        /// <summary>Where its files are.</summary>
        public ContainerPaths Paths { get; init; } = new("");

        /// <summary>Where those files are that describe the network: another container's, where it has that one's.</summary>
        public ContainerPaths? NetworkPaths { get; init; }

        /// <summary>The program that is first process for <see cref="RunOptions.Init"/>, on the host.</summary>
        public string? InitProgram { get; init; }

        /// <summary>The profile of --security-opt seccomp=FILE.</summary>
        public SeccompSpec? Seccomp { get; init; }

        /// <summary>The machine.</summary>
        public Machine Machine { get; init; } = new();
    }

    /// <summary>The configuration; CTZ5022 where neither the image nor the options say what is to be started.</summary>
    public static RuntimeSpec Of(Wishes wishes) => new ContainerSpecification(wishes).Make();

    /// <summary>The program and its arguments.</summary>
    public static IReadOnlyList<string> CommandOf(RunOptions options, ContainerConfig image) => options.Entrypoint switch
    {
        null => [.. image.Entrypoint ?? [], .. options.Command.Count > 0 ? options.Command : image.Cmd ?? []],
        "" => [.. options.Command],
        var program => [program, .. options.Command],
    };

    private RuntimeSpec Make() => new()
    {
        OciVersion = "1.2.0",
        Process = Process(),
        Root = new RootSpec { Path = _wishes.Paths.Root, ReadOnly = _options.ReadOnly },
        Hostname = Shares(_options.NameNamespace) ? null : HostName(_options, _wishes.Id),
        Domainname = _options.DomainName,
        Mounts = [.. new MountList(_wishes).Make()],
        Annotations = _options.Annotations.Count > 0 ? _options.Annotations : null,
        Linux = new LinuxSpec
        {
            Sysctl = _options.Sysctls.Count > 0 ? _options.Sysctls : null,
            Resources = Resources(),
            CgroupsPath = _wishes.Machine.OwnsCgroups && _options.CgroupParent is { Length: > 0 } parent ? $"/{parent.Trim('/')}/{_wishes.Id}" : null,
            Namespaces = [.. Namespaces()],
            Devices = _wishes.Devices.Count > 0 ? _wishes.Devices : null,
            Seccomp = _security.Unconfined ? null : _wishes.Seccomp ?? DefaultSeccompProfile.For([.. _capabilities], _wishes.Machine.Architecture),
            MaskedPaths = _security.Masked,
            ReadonlyPaths = _security.ReadOnly,
        },
    };

    /// <summary>The container's name for itself.</summary>
    public static string HostName(RunOptions options, string id) =>
        options.HostName ?? (options.NameNamespace == "host" || options.Network.Kind == NetworkKind.Host ? Environment.MachineName : id[..12]);

    private ProcessSpec Process()
    {
        var command = CommandOf(_options, _image);
        if (command.Count == 0)
        {
            throw new ContainerizeException(5022, "choosing what to start", "the image names no program, and neither do you", "Name one after the image.");
        }

        var root = _wishes.User is { Uid: 0, StandsIn: false };
        return new ProcessSpec
        {
            Terminal = _options.Terminal,
            User = new UserSpec { Uid = _wishes.User.Uid, Gid = _wishes.User.Gid, AdditionalGids = _wishes.User.Groups.Count > 0 ? _wishes.User.Groups : null },
            Args = _options.Init ? [MountList.InitPath, "--", .. command] : command,
            Env = Variables(),
            Cwd = (_options.WorkingDirectory ?? _image.WorkingDir) is { Length: > 0 } directory ? Rooted(directory) : "/",
            Capabilities = new CapabilitiesSpec
            {
                // Whoever is root gets all of these with the next program.
                Bounding = _wishes.User.StandsIn ? [] : _capabilities,
                Effective = root ? _capabilities : [],
                Permitted = root ? _capabilities : [],
            },
            Rlimits = _options.Limits.Count > 0 ? _options.Limits : null,
            NoNewPrivileges = _security.NoNewPrivileges,
            // As docker: where there is no AppArmor, there is nothing to be said to it.
            ApparmorProfile = _wishes.Machine.HasAppArmor ? _security.AppArmor : null,
            OomScoreAdj = _options.OutOfMemoryScore,
        };
    }

    private IReadOnlyList<string> Variables()
    {
        string[] own =
        [
            DefaultPath,
            "HOSTNAME=" + HostName(_options, _wishes.Id),
            .. _options.Terminal ? (string[])["TERM=xterm"] : [],
            "HOME=" + _wishes.User.Home,
        ];
        return EnvironmentOption.Over([.. own, .. _image.Env ?? [], .. _options.Environment]);
    }

    private ResourcesSpec Resources()
    {
        var machine = _wishes.Machine;
        var limits = machine.OwnsCgroups ? WithSwap(_options.Resources) : new ResourcesSpec();
        // A plain user's container can make no device, and no rules on them are his to set.
        return machine.Rootless ? limits
            : limits with
            {
                Devices = _options.Privileged
                    ? [new DeviceRule { Allow = true, Access = "rwm" }]
                    : [new DeviceRule { Allow = false, Access = "rwm" }, .. _wishes.DeviceRules],
            };
    }

    // As docker: as much swap again as memory.
    private ResourcesSpec WithSwap(ResourcesSpec resources) => resources.Memory is { Limit: > 0 and var limit, Swap: null } memory && _wishes.Machine.LimitsSwap
        ? resources with { Memory = memory with { Swap = limit * 2 } }
        : resources;

    private IEnumerable<NamespaceSpec> Namespaces()
    {
        yield return new NamespaceSpec { Type = "mount" };
        (string Type, string? Choice)[] others =
        [
            ("pid", _options.ProcessNamespace),
            ("ipc", _options.IpcNamespace),
            ("uts", _options.NameNamespace),
            ("cgroup", _options.CgroupNamespace ?? (_wishes.Machine.UnifiedCgroups ? null : "host")),
            ("network", _options.Network.Kind == NetworkKind.Host ? "host" : null),
        ];
        foreach (var (type, choice) in others)
        {
            if (choice != "host")
            {
                yield return new NamespaceSpec { Type = type, Path = choice is null or "private" ? null : choice };
            }
        }
    }

    private static bool Shares(string? choice) => choice is not (null or "private");

    private static string Rooted(string path) => path.StartsWith('/') ? path : string.Create(CultureInfo.InvariantCulture, $"/{path}");
}
