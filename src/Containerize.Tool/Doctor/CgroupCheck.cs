using Containerize.Containers;

namespace Containerize.Tool.Doctor;

/// <summary>Whether limits are kept: a cgroup in which we may make others, with the controllers that they need.</summary>
/// <param name="files">The machine's files.</param>
/// <param name="machine">What is known of it.</param>
internal sealed class CgroupCheck(SystemFiles files, Machine machine)
{
    private const string Subject = "cgroups";
    private static readonly string[] Needed = ["cpu", "cpuset", "io", "memory", "pids"];

    /// <summary>Looks.</summary>
    internal Finding Look()
    {
        var version = machine.UnifiedCgroups ? "version 2" : "version 1, or a mixture";
        if (!machine.OwnsCgroups)
        {
            return Finding.Lacks(
                Subject,
                $"{version}; none is this user's, so limits of memory, processors and processes are not kept",
                machine.UnifiedCgroups
                    ? "systemd-run --user --scope -p Delegate=yes -- $SHELL"
                    : """sudo sed -i 's/^GRUB_CMDLINE_LINUX="/&systemd.unified_cgroup_hierarchy=1 /' /etc/default/grub && sudo update-grub && sudo reboot""");
        }

        var absent = machine.UnifiedCgroups ? Needed.Except(Controllers()).ToList() : [];
        return absent.Count == 0
            ? Finding.Good(Subject, $"{version}; limits are kept")
            : Finding.Lacks(
                Subject,
                $"{version}; without {string.Join(", ", absent)}, so limits of that are not kept",
                machine.Rootless
                    ? @"sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\nDelegate=cpu cpuset io memory pids\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload"
                    : $"echo '{string.Join(' ', absent.Select(c => "+" + c))}' | sudo tee /sys/fs/cgroup/cgroup.subtree_control");
    }

    // Those of the cgroup beside ours, where the containers' are made.
    private string[] Controllers()
    {
        var own = files.Text("/proc/self/cgroup").Split('\n').FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal))?[3..] ?? "/";
        var parent = machine.Rootless ? own[..Math.Max(own.LastIndexOf('/'), 0)] : "";
        return files.Text($"/sys/fs/cgroup{parent}/cgroup.controllers").Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
