using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Cgroups;

/// <summary>Makes a cgroup in one hierarchy with all that is missing above it, and can take that back.</summary>
/// <param name="hierarchy">The hierarchy.</param>
/// <param name="resources">Limits that must be known before the cgroup is used.</param>
/// <param name="enable">Whether version 2's controllers are enabled on the way; not in a hybrid, where version 1 has them.</param>
internal sealed class CgroupCreation(CgroupHierarchy hierarchy, ResourcesSpec? resources, bool enable)
{
    private readonly List<string> _made = [];

    /// <summary>The absolute paths that were made, the outermost first.</summary>
    public IReadOnlyList<string> Made => _made;

    /// <summary>Makes the cgroup.</summary>
    /// <param name="relative">Its path below the mount point.</param>
    /// <param name="existed">Whether it was there already.</param>
    /// <exception cref="SyscallException">It cannot be made; nothing that was made remains.</exception>
    public CgroupDirectory Make(string relative, out bool existed)
    {
        var current = CgroupDirectory.OpenTop(hierarchy);
        existed = false;
        try
        {
            var names = relative.Split('/');
            for (var i = 0; i < names.Length; i++)
            {
                if (enable)
                {
                    EnableControllers(current);
                }

                current = Enter(current, names[i], i == names.Length - 1, out existed);
            }

            return current;
        }
        catch
        {
            current.Dispose();
            Undo();
            throw;
        }
    }

    /// <summary>Removes what was made, as far as nobody else uses it by now.</summary>
    public void Undo()
    {
        for (var i = _made.Count - 1; i >= 0; i--)
        {
            CgroupRemoval.TryRemove(_made[i], hierarchy.Version);
        }

        _made.Clear();
    }

    private CgroupDirectory Enter(CgroupDirectory parent, string name, bool last, out bool existed)
    {
        var path = $"{parent.Path}/{name}";
        var made = parent.TryMake(name);
        existed = made == -Errno.EEXIST;
        if (!existed)
        {
            Syscall.Check(made, "mkdirat", path);
            _made.Add(path);
        }

        Syscall.Check(parent.TryOpenBelow(name, out var child), "openat2", path);
        try
        {
            if (hierarchy.Version == CgroupVersion.One)
            {
                InheritCpuset(parent, child!, last ? resources?.Cpu : null);
            }
            else if (enable)
            {
                CheckType(child!);
            }
        }
        catch
        {
            child!.Dispose();
            throw;
        }

        parent.Dispose();
        return child!;
    }

    // A cpuset of version 1 begins empty, and takes no process until it has CPUs and memory nodes. The container's own come first:
    // the parent's may be refused where a sibling has exclusive ones (https://docs.kernel.org/admin-guide/cgroup-v1/cpusets.html).
    private void InheritCpuset(CgroupDirectory parent, CgroupDirectory child, CpuResources? own)
    {
        if (!IsOf("cpuset"))
        {
            return;
        }

        Inherit(parent, child, "cpuset.cpus", own?.Cpus);
        Inherit(parent, child, "cpuset.mems", own?.Mems);
    }

    private static void Inherit(CgroupDirectory parent, CgroupDirectory child, string file, string? own)
    {
        if (!string.IsNullOrEmpty(own))
        {
            CgroupLimit.Write(child, new("cpuset", file, own));
        }
        else if (string.IsNullOrWhiteSpace(child.TryRead(file)))
        {
            Syscall.Check(child.TryWrite(file, (parent.TryRead(file) ?? "").TrimEnd('\n')), "write", $"{child.Path}/{file}");
        }
    }

    // One refused controller refuses the whole line, so each is then tried alone. That one cannot be enabled is no error here, but where
    // a limit needs it.
    private static void EnableControllers(CgroupDirectory directory)
    {
        const string File = "cgroup.subtree_control";
        var enabled = Words(directory.TryRead(File));
        var missing = Words(directory.TryRead("cgroup.controllers"));
        missing.RemoveAll(enabled.Contains);
        if (missing.Count == 0 || directory.TryWrite(File, "+" + string.Join(" +", missing)) >= 0)
        {
            return;
        }

        foreach (var controller in missing)
        {
            directory.TryWrite(File, "+" + controller);
        }
    }

    // Below a cgroup that has processes of its own a new one is invalid, and below a threaded one it is threaded: both take only
    // controllers that work with threads (cgroups(7), Thread mode).
    private void CheckType(CgroupDirectory directory)
    {
        var type = (directory.TryRead("cgroup.type") ?? "").TrimEnd('\n');
        if (type is not ("domain invalid" or "domain threaded" or "threaded"))
        {
            return;
        }

        if (NeedsDomain())
        {
            throw new ContainerizeException(
                CgroupError.Making, $"making the cgroup {directory.Path}",
                $"it is of type \"{type}\", which takes no limits of memory, io, cpu or huge pages",
                "Choose a cgroupsPath below a cgroup without processes of its own.");
        }

        if (type == "domain invalid")
        {
            directory.TryWrite("cgroup.type", "threaded");
        }
    }

    private bool NeedsDomain()
    {
        foreach (var write in ResourcePlan.Of(resources, CgroupVersion.Two).Writes)
        {
            if (write.Controller is "memory" or "io" or "cpu" or "hugetlb")
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOf(string controller)
    {
        foreach (var name in hierarchy.Controllers)
        {
            if (name == controller)
            {
                return true;
            }
        }

        return false;
    }

    private static List<string> Words(string? text) => [.. (text ?? "").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];
}
