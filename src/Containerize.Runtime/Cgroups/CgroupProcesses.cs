using System.Globalization;

namespace Containerize.Runtime.Cgroups;

/// <summary>The processes of a cgroup.</summary>
internal static class CgroupProcesses
{
    /// <summary>Appends the processes in the cgroup and in all below it; one that is gone has none.</summary>
    public static void Collect(CgroupDirectory directory, List<int> pids)
    {
        var result = directory.TryRead("cgroup.procs", out var text);
        if (result == -Errno.EOPNOTSUPP)
        {
            // A threaded cgroup knows only threads (cgroups(7)).
            result = directory.TryRead("cgroup.threads", out text);
        }

        if (result is -Errno.ENOENT or -Errno.ENODEV)
        {
            return;
        }

        Syscall.Check(result, "read", $"{directory.Path}/cgroup.procs");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // A process of another pid namespace is 0.
            var pid = int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture);
            if (pid != 0)
            {
                pids.Add(pid);
            }
        }

        foreach (var name in directory.Children())
        {
            if (directory.TryOpenBelow(name, out var child) >= 0)
            {
                using (child)
                {
                    Collect(child!, pids);
                }
            }
        }
    }

    /// <summary>Puts a process into the cgroup; the error number below zero where that fails.</summary>
    public static nint TryJoin(CgroupDirectory directory, int pid)
    {
        var text = pid.ToString(CultureInfo.InvariantCulture);
        var result = directory.TryWrite("cgroup.procs", text);
        // EINVAL: the process is so new that it cannot be moved yet (https://github.com/opencontainers/runc/pull/1950).
        for (var attempt = 0; result == -Errno.EINVAL && attempt < 5; attempt++)
        {
            Pause.For(30);
            result = directory.TryWrite("cgroup.procs", text);
        }

        return result;
    }
}
