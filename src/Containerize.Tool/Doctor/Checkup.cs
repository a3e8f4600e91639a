using System.Diagnostics;
using System.Globalization;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Doctor;

/// <summary>Looks at everything that running containers needs of this machine: by trying it, where that is possible.</summary>
/// <param name="terminal">The surroundings.</param>
/// <param name="paths">Where things are kept.</param>
internal sealed class Checkup(Terminal terminal, StoragePaths paths)
{
    private const string AppArmorSwitch = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    private const string CloneSwitch = "/proc/sys/kernel/unprivileged_userns_clone";
    private const string MostNamespaces = "/proc/sys/user/max_user_namespaces";
    private readonly bool _root = MachineFacts.IsRoot;

    /// <summary>All findings, in the order in which things are needed.</summary>
    internal IEnumerable<Finding> Look()
    {
        var (runtime, found) = Runtime();
        yield return found;
        yield return Folder();
        if (!_root)
        {
            yield return UserNamespaces(runtime);
            yield return SubordinateIds();
            yield return RuntimeFolder();
        }

        if (runtime is not null)
        {
            yield return Overlay(runtime);
        }

        yield return Cgroups();
        yield return Outside();
        if (!_root)
        {
            yield return LowPorts();
        }
    }

    private (RuntimeProgram? Runtime, Finding Finding) Runtime()
    {
        try
        {
            var runtime = RuntimeProgram.Find(terminal);
            var (code, output) = Try(runtime.Path, "--version");
            return code == 0
                ? (runtime, Finding.Good("runtime", output.Split('\n')[0]))
                : (null, Finding.Broken("runtime", $"{runtime.Path} cannot be executed: {output}", "dotnet tool update --global dotnet-containerize"));
        }
        catch (ContainerizeException e)
        {
            return (null, Finding.Broken("runtime", e.Message, "dotnet tool update --global dotnet-containerize"));
        }
    }

    private Finding Folder()
    {
        const long Little = 1L << 30;
        try
        {
            Directory.CreateDirectory(paths.Data);
            var free = new DriveInfo(paths.Data).AvailableFreeSpace;
            return free < Little
                ? Finding.Lacks("storage", $"{paths.Data} has {Reports.ByteSize.Of(free)} left", "dotnet containerize prune --all")
                : Finding.Good("storage", $"{paths.Data}, {Reports.ByteSize.Of(free)} free");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Broken("storage", $"{paths.Data} cannot be written: {e.Message.TrimEnd('.')}", $"export CONTAINERIZE_ROOT=/a/folder/of/yours");
        }
    }

    private Finding UserNamespaces(RuntimeProgram? runtime)
    {
        const string Subject = "user namespaces";
        if (runtime is not null && Entered(runtime, "/bin/true") is { Code: 0 })
        {
            return Finding.Good(Subject, "a plain user may make them");
        }

        return Text(AppArmorSwitch) == "1"
            ? Finding.Broken(Subject, "AppArmor keeps plain users from them (Ubuntu 23.10 and later)", $"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
            : Text(CloneSwitch) == "0" ? Finding.Broken(Subject, "they are switched off for plain users", "sudo sysctl -w kernel.unprivileged_userns_clone=1")
            : Text(MostNamespaces) == "0" ? Finding.Broken(Subject, "none is allowed", "sudo sysctl -w user.max_user_namespaces=15000")
            : Finding.Broken(Subject, "the kernel refuses them here; inside another container that one's seccomp profile may", "unshare --user --map-root-user true");
    }

    private static Finding SubordinateIds()
    {
        const string Subject = "ids of other users";
        var user = Environment.UserName;
        if (!Has("/etc/subuid", user) || !Has("/etc/subgid", user))
        {
            return Finding.Lacks(Subject, $"{user} has no range in /etc/subuid and /etc/subgid, so all files of a container have one owner", $"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}");
        }

        return OutsidePrograms.Find("newuidmap") is null || OutsidePrograms.Find("newgidmap") is null
            ? Finding.Lacks(Subject, "newuidmap and newgidmap are not installed", "sudo apt-get install uidmap")
            : Finding.Good(Subject, "ranges in /etc/subuid and /etc/subgid, newuidmap and newgidmap installed");
    }

    private Finding RuntimeFolder() => terminal.Variable("XDG_RUNTIME_DIR") is { Length: > 0 } directory && Directory.Exists(directory)
        ? Finding.Good("runtime folder", directory)
        : Finding.Lacks("runtime folder", $"XDG_RUNTIME_DIR is not set, so {paths.Runtime} is used, which a restart of the machine does not empty", "sudo loginctl enable-linger $USER");

    private Finding Overlay(RuntimeProgram runtime)
    {
        const string Subject = "overlay filesystem";
        var directory = Path.Combine(paths.Data, "doctor-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(directory);
        try
        {
            var (code, output) = _root ? Try(runtime.Path, "probe", "--directory", directory) : Entered(runtime, runtime.Path, "probe", "--directory", directory, "--user");
            return code == 0 ? Finding.Good(Subject, "the kernel's own, also for whiteouts")
                : OutsidePrograms.Find("fuse-overlayfs") is not null ? Finding.Lacks(Subject, $"the kernel's is not to be had ({output}); fuse-overlayfs is installed, and used", null)
                : Finding.Lacks(Subject, $"the kernel's is not to be had ({output}); layers are copied for each container", "sudo apt-get install fuse-overlayfs");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private Finding Cgroups()
    {
        const string Subject = "cgroups";
        var machine = MachineFacts.Read();
        var version = machine.UnifiedCgroups ? "version 2" : "version 1, or a mixture";
        return _root || machine.OwnsCgroups
            ? Finding.Good(Subject, $"{version}; limits are kept")
            : Finding.Lacks(
                Subject,
                $"{version}; none is this user's, so limits of memory, processors and processes are not kept",
                machine.UnifiedCgroups ? "systemd-run --user --scope -p Delegate=yes -- $SHELL" : """sudo sed -i 's/^GRUB_CMDLINE_LINUX="/&systemd.unified_cgroup_hierarchy=1 /' /etc/default/grub && sudo update-grub && sudo reboot""");
    }

    private static Finding Outside()
    {
        const string Subject = "network to the outside";
        var program = OutsidePrograms.Find("pasta") ?? OutsidePrograms.Find("slirp4netns");
        if (program is null)
        {
            return Finding.Lacks(Subject, "neither pasta nor slirp4netns is installed: published ports work, and containers reach nothing outside", "sudo apt-get install passt");
        }

        try
        {
            using var tun = File.Open("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite);
            return Finding.Good(Subject, program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Lacks(Subject, $"{program} is installed, and /dev/net/tun cannot be opened: {e.Message.TrimEnd('.')}", "sudo modprobe tun && sudo chmod 666 /dev/net/tun");
        }
    }

    private static Finding LowPorts()
    {
        const string Subject = "ports below 1024";
        var first = int.TryParse(Text("/proc/sys/net/ipv4/ip_unprivileged_port_start"), out var number) ? number : 1024;
        return first <= 80
            ? Finding.Good(Subject, $"from {first} on a plain user may publish them")
            : Finding.Lacks(Subject, $"a plain user may publish ports from {first} on", "sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80");
    }

    // As the tool itself goes there.
    private (int Code, string Output) Entered(RuntimeProgram runtime, params string[] words)
    {
        var containers = new ContainerStore(paths).Directory;
        Directory.CreateDirectory(containers);
        return Try(runtime.Path, ["enter", "--containers", containers, "--", .. words]);
    }

    private static bool Has(string file, string user) => File.Exists(file) && File.ReadLines(file).Any(l => l.StartsWith(user + ":", StringComparison.Ordinal));

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static (int Code, string Output) Try(string program, params string[] words)
    {
        const int Patience = 10_000;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
            }

            return (process.ExitCode, (output + error.GetAwaiter().GetResult()).Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
