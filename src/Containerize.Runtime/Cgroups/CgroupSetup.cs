using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Cgroups;

/// <summary>Makes a container's cgroup in every hierarchy, and can take that back.</summary>
internal sealed class CgroupSetup
{
    private readonly CgroupHierarchies _hierarchies;
    private readonly CgroupPath _path;
    private readonly ResourcesSpec? _resources;
    private readonly bool _rootless;
    private readonly ResourcePlan _plan;
    private readonly List<CgroupCreation> _creations = [];

    private CgroupSetup(CgroupHierarchies hierarchies, CgroupPath path, ResourcesSpec? resources, bool rootless)
    {
        _hierarchies = hierarchies;
        _path = path;
        _resources = resources;
        _rootless = rootless;
        // What contradicts itself is refused before anything is made.
        _plan = ResourcePlan.Of(resources, hierarchies.IsUnified ? CgroupVersion.Two : CgroupVersion.One);
    }

    /// <summary>The directories, open.</summary>
    public List<CgroupDirectory> Directories { get; } = [];

    /// <summary>Makes that of version 2, if there is one; as <see cref="Cgroup.Begin"/>.</summary>
    public static CgroupSetup Begin(CgroupHierarchies hierarchies, CgroupPath path, ResourcesSpec? resources, bool rootless)
    {
        var setup = new CgroupSetup(hierarchies, path, resources, rootless);
        if (!rootless && !hierarchies.IsUnified)
        {
            RequireDevices(hierarchies);
        }

        setup.Make(CgroupVersion.Two);
        return setup;
    }

    /// <summary>Makes those of version 1.</summary>
    public void Complete() => Make(CgroupVersion.One);

    /// <summary>Removes what was made, as far as nobody else uses it by now.</summary>
    public void Undo()
    {
        for (var i = _creations.Count - 1; i >= 0; i--)
        {
            _creations[i].Undo();
        }
    }

    /// <summary>Whether an error is one of permission, of the directory or of the mount.</summary>
    public static bool IsPermission(int errno) => errno is Errno.EPERM or Errno.EACCES or Errno.EROFS;

    private void Make(CgroupVersion version)
    {
        try
        {
            foreach (var hierarchy in _hierarchies.All)
            {
                if (hierarchy.Version == version)
                {
                    Make(hierarchy);
                }
            }
        }
        catch
        {
            Undo();
            foreach (var directory in Directories)
            {
                directory.Dispose();
            }

            Directories.Clear();
            throw;
        }
    }

    private void Make(CgroupHierarchy hierarchy)
    {
        var relative = _path.In(hierarchy);
        try
        {
            MakeIn(hierarchy, relative, new(hierarchy, _resources, _hierarchies.IsUnified));
        }
        catch (SyscallException e) when (_rootless && !_path.IsGiven && IsPermission(e.Errno))
        {
            // On version 1 the limits of a hierarchy that is left out fail when they are set.
            if (_hierarchies.IsUnified && (_plan.Writes.Count > 0 || _plan.ProcessLimit is not null))
            {
                throw Failure($"{hierarchy.Absolute(relative)} for the container's limits", e, "leave the limits out");
            }
        }
        catch (SyscallException e)
        {
            throw Failure(hierarchy.Absolute(relative), e, "choose a cgroupsPath in one");
        }
    }

    private void MakeIn(CgroupHierarchy hierarchy, string relative, CgroupCreation creation)
    {
        Directories.Add(creation.Make(relative, out var existed));
        _creations.Add(creation);
        if (existed)
        {
            RequireUnused(Directories[^1]);
        }
        else if (CgroupFreezer.IsBelowFrozen(Directories[^1]))
        {
            throw InUse(Directories[^1], "the cgroup above it is frozen");
        }
    }

    private static void RequireDevices(CgroupHierarchies hierarchies)
    {
        foreach (var hierarchy in hierarchies.All)
        {
            foreach (var controller in hierarchy.Controllers)
            {
                if (controller == "devices")
                {
                    return;
                }
            }
        }

        throw new ContainerizeException(
            CgroupError.Hierarchy, "looking for the host's control groups",
            "the controller \"devices\" is not mounted, so a container could use every device",
            "Mount the host's control groups below /sys/fs/cgroup.");
    }

    // The devices hierarchy stands for all of version 1, as it does for runc: engines may have processes of their own in others.
    private static void RequireUnused(CgroupDirectory directory)
    {
        var unified = directory.Version == CgroupVersion.Two;
        var pids = new List<int>();
        if (unified || CgroupLimit.Find([directory], "devices") is not null)
        {
            CgroupProcesses.Collect(directory, pids);
        }

        if (pids.Count > 0)
        {
            throw InUse(directory, $"container's cgroup is not empty: {pids.Count} process(es) found");
        }

        if ((unified || CgroupLimit.Find([directory], "freezer") is not null) && CgroupFreezer.IsFrozen(directory))
        {
            throw InUse(directory, "container's cgroup unexpectedly frozen");
        }
    }

    private static ContainerizeException InUse(CgroupDirectory directory, string why) =>
        new(CgroupError.InUse, $"making the cgroup {directory.Path}", why, "End what uses it, or choose another cgroupsPath.");

    private static ContainerizeException Failure(string what, SyscallException cause, string otherwise) =>
        new(CgroupError.Making, $"unable to apply cgroup configuration: making the cgroup {what}", cause.Message,
            IsPermission(cause.Errno) ? $"Have a cgroup delegated to this user, or {otherwise}." : "", cause);
}
