using System.Globalization;
using Containerize.Containers.Options;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>The mounts of a container in the order in which they are made.</summary>
internal sealed class MountList(ContainerSpecification.Wishes wishes)
{
    /// <summary>Where the first process of --init is.</summary>
    internal const string InitPath = "/sbin/containerize-init";

    internal IEnumerable<MountSpec> Make()
    {
        var own = wishes.Mounts.Select(m => m.Target).ToHashSet(StringComparer.Ordinal);
        // Parents before what is in them, as the later covers the earlier.
        return System().Where(m => !own.Contains(m.Destination!))
            .Concat(Files().Where(m => !own.Contains(m.Destination!)))
            .Concat(wishes.Mounts.OrderBy(m => m.Target.Count(c => c == '/')).ThenBy(m => m.Target, StringComparer.Ordinal).Select(Own));
    }

    private IEnumerable<MountSpec> System()
    {
        var options = wishes.Options;
        var machine = wishes.Machine;
        var writable = options.Privileged ? "rw" : "ro";
        yield return options.ProcessNamespace == "host" && machine.Rootless
            ? Mount("/proc", "none", "/proc", "rbind nosuid noexec nodev")
            : Mount("/proc", "proc", "proc", "nosuid noexec nodev");
        yield return Mount("/dev", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k");
        yield return Mount("/dev/pts", "devpts", "devpts",
            "nosuid noexec newinstance ptmxmode=0666 mode=0620" + (machine.TerminalGroup is { } group ? string.Create(CultureInfo.InvariantCulture, $" gid={group}") : ""));
        // The kernel lets nobody see a network's part of sysfs who does not own that network.
        yield return options.Network.Kind == NetworkKind.Host && machine.Rootless
            ? Mount("/sys", "none", "/sys", $"rbind nosuid noexec nodev {writable}")
            : Mount("/sys", "sysfs", "sysfs", $"nosuid noexec nodev {writable}");
        if (!machine.Rootless || machine.UnifiedCgroups)
        {
            yield return Mount("/sys/fs/cgroup", "cgroup", "cgroup", $"nosuid noexec nodev relatime {writable}");
        }

        if (options.IpcNamespace != "host")
        {
            yield return Mount("/dev/mqueue", "mqueue", "mqueue", "nosuid noexec nodev");
        }
        else if (machine.HasMessageQueues)
        {
            yield return Mount("/dev/mqueue", "none", "/dev/mqueue", "rbind nosuid noexec nodev");
        }

        yield return options.IpcNamespace == "host"
            ? Mount("/dev/shm", "none", "/dev/shm", "rbind nosuid noexec nodev")
            : Mount("/dev/shm", "tmpfs", "shm", string.Create(CultureInfo.InvariantCulture, $"nosuid noexec nodev mode=1777 size={options.SharedMemory}"));
    }

    private IEnumerable<MountSpec> Files()
    {
        var network = wishes.NetworkPaths ?? wishes.Paths;
        var options = wishes.Options.ReadOnly ? "rbind rprivate ro" : "rbind rprivate";
        yield return Mount("/etc/resolv.conf", "bind", network.ResolvConf, options);
        yield return Mount("/etc/hosts", "bind", network.Hosts, options);
        yield return Mount("/etc/hostname", "bind", network.HostName, options);
        if (wishes.Options.Init)
        {
            yield return Mount(InitPath, "bind", wishes.InitProgram!, "rbind rprivate ro");
        }
    }

    private static MountSpec Own(ContainerMount mount) => mount.Type == "tmpfs"
        ? new MountSpec { Destination = mount.Target, Type = "tmpfs", Source = "tmpfs", Options = [.. Tmpfs(mount)] }
        : new MountSpec
        {
            Destination = mount.Target,
            Type = "bind",
            Source = mount.Source,
            Options = [mount.NotRecursive ? "bind" : "rbind", mount.Propagation, .. mount.ReadOnly ? (string[])["ro"] : []],
        };

    private static IEnumerable<string> Tmpfs(ContainerMount mount)
    {
        string[] usual = ["noexec", "nosuid", "nodev"];
        var opposite = mount.Options.Where(o => o is "exec" or "suid" or "dev").Select(o => "no" + o).ToList();
        return usual.Except(opposite).Concat(mount.Options.Where(o => o is not ("exec" or "suid" or "dev")))
            .Concat(mount.ReadOnly ? ["ro"] : [])
            .Concat(mount.Options.Any(o => o.StartsWith("mode=", StringComparison.Ordinal)) ? [] : ["mode=1777"]);
    }

    private static MountSpec Mount(string destination, string type, string source, string options) =>
        new() { Destination = destination, Type = type, Source = source, Options = options.Split(' ') };
}
