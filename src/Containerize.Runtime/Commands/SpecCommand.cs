using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Commands;

/// <summary>`spec`: a config.json to begin with.</summary>
internal static class SpecCommand
{
    private static readonly string[] Capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

    /// <summary>Writes config.json, unless there is one.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("spec", invocation.Words, ["rootless"], ["bundle,b"]);
        options.Expect(0, 0, "no words");
        using var directory = FileSystem.Open(Descriptor.WorkingDirectory, options.Value("bundle") ?? ".", OpenFlags.PathOnly | OpenFlags.Directory);
        var opened = FileSystem.TryOpen(directory.Number, StateDirectory.Config, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, ResolveFlags.None, 0b110_110_110);
        if (opened == -Errno.EEXIST)
        {
            throw Failure.Of(6006, "writing config.json", "File config.json exists. Remove it first");
        }

        using var file = new Descriptor((int)Syscall.Check(opened, "open", StateDirectory.Config));
        return Output.Write([.. RuntimeDocuments.WriteIndented(Make(options.Has("rootless"))), (byte)'\n'], file.Number);
    }

    private static RuntimeSpec Make(bool rootless) => new()
    {
        OciVersion = FeaturesCommand.NewestSpec,
        Process = new ProcessSpec
        {
            Terminal = true,
            User = new UserSpec(),
            Args = ["sh"],
            Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
            Cwd = "/",
            Capabilities = new CapabilitiesSpec { Bounding = Capabilities, Effective = Capabilities, Permitted = Capabilities },
            Rlimits = [new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = 1024, Hard = 1024 }],
            NoNewPrivileges = true,
        },
        Root = new RootSpec { Path = "rootfs", ReadOnly = true },
        Hostname = "containerize",
        Mounts =
        [
            Mount("/proc", "proc", "proc", null),
            Mount("/dev", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k"),
            Mount("/dev/pts", "devpts", "devpts", rootless ? "nosuid noexec newinstance ptmxmode=0666 mode=0620" : "nosuid noexec newinstance ptmxmode=0666 mode=0620 gid=5"),
            Mount("/dev/shm", "tmpfs", "shm", "nosuid noexec nodev mode=1777 size=65536k"),
            Mount("/dev/mqueue", "mqueue", "mqueue", "nosuid noexec nodev"),
            rootless ? Mount("/sys", "none", "/sys", "rbind nosuid noexec nodev ro") : Mount("/sys", "sysfs", "sysfs", "nosuid noexec nodev ro"),
            .. rootless ? (MountSpec[])[] : [Mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid noexec nodev relatime ro")],
        ],
        Linux = new LinuxSpec
        {
            UidMappings = rootless ? [new IdMapping { HostId = (uint)Syscall.Try(SyscallNumber.Geteuid), Size = 1 }] : null,
            GidMappings = rootless ? [new IdMapping { HostId = (uint)Syscall.Try(SyscallNumber.Getegid), Size = 1 }] : null,
            Resources = rootless ? null : new ResourcesSpec { Devices = [new DeviceRule { Allow = false, Access = "rwm" }] },
            // As runc has it: programs that know of version 1 only look for their place below the host's own.
            Namespaces =
            [
                .. ((string[])["pid", .. rootless ? (string[])[] : ["network"], "ipc", "uts", "mount", .. CgroupHierarchies.Find().IsUnified ? (string[])["cgroup"] : [], .. rootless ? (string[])["user"] : []])
                    .Select(type => new NamespaceSpec { Type = type }),
            ],
            MaskedPaths =
            [
                "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                "/sys/firmware", "/proc/scsi",
            ],
            ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    };

    private static MountSpec Mount(string destination, string type, string source, string? options) =>
        new() { Destination = destination, Type = type, Source = source, Options = options?.Split(' ') };
}
