using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Cgroups;

/// <summary>A container's control group: one directory on version 2, one in each hierarchy on version 1.</summary>
/// <remarks>
/// A plain user may have no place to make one. Then <see cref="Paths"/> lacks that hierarchy, or is empty, and the container goes on
/// without; limits that are asked for are an error all the same.
/// </remarks>
internal sealed class Cgroup : IDisposable
{
    private const int Kill = 9;

    // A process that was killed leaves its cgroup only after it has been reaped.
    private const int PatienceMilliseconds = 2000;

    private readonly List<CgroupDirectory> _directories;
    private readonly CgroupSetup? _setup;

    private Cgroup(List<CgroupDirectory> directories, CgroupSetup? setup)
    {
        _directories = directories;
        _setup = setup;
    }

    /// <summary>Whether it is of version 2 alone.</summary>
    public bool IsUnified => _directories.Count == 1 && _directories[0].Version == CgroupVersion.Two;

    /// <summary>The absolute path by controller, "" for that of version 2: what the state keeps for <see cref="Open"/>.</summary>
    public IReadOnlyDictionary<string, string> Paths
    {
        get
        {
            var paths = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var directory in _directories)
            {
                foreach (var controller in directory.Controllers)
                {
                    paths[controller] = directory.Path;
                }
            }

            return paths;
        }
    }

    /// <summary>Whether the container has any cgroup, and it is still there.</summary>
    public bool Exists => _directories.Count > 0;

    /// <summary>Makes a container's cgroup in every hierarchy.</summary>
    /// <param name="hierarchies">The host's hierarchies.</param>
    /// <param name="path">The container's place in them.</param>
    /// <param name="resources">Its limits, of which some decide how it is made; <see cref="Apply"/> sets them.</param>
    /// <param name="rootless">Whether that permission is lacking may be passed over, where neither the path nor a limit is asked for.</param>
    /// <exception cref="ContainerizeException">It cannot be made, or is in use; nothing that was made remains.</exception>
    public static Cgroup Create(CgroupHierarchies hierarchies, CgroupPath path, ResourcesSpec? resources, bool rootless)
    {
        var cgroup = Begin(hierarchies, path, resources, rootless);
        cgroup.Complete();
        return cgroup;
    }

    /// <summary>As <see cref="Create"/>, but of version 2 only: a process may be born there already. <see cref="Complete"/> makes the others.</summary>
    public static Cgroup Begin(CgroupHierarchies hierarchies, CgroupPath path, ResourcesSpec? resources, bool rootless)
    {
        var setup = CgroupSetup.Begin(hierarchies, path, resources, rootless);
        return new Cgroup(setup.Directories, setup);
    }

    /// <summary>Makes what <see cref="Begin"/> has left.</summary>
    /// <exception cref="ContainerizeException">It cannot be made, or is in use; nothing that was made remains.</exception>
    public void Complete() => _setup?.Complete();

    /// <summary>Opens a container's cgroup by the paths of its state; what is gone is left out.</summary>
    /// <exception cref="ContainerizeException">Something that is no cgroup is at such a path.</exception>
    public static Cgroup Open(IReadOnlyDictionary<string, string> paths)
    {
        var cgroup = new Cgroup([], null);
        try
        {
            foreach (var ((path, version), list) in Places(paths))
            {
                if (CgroupDirectory.TryOpen(path, list, version, out _) is { } directory)
                {
                    cgroup._directories.Add(directory);
                }
            }

            return cgroup;
        }
        catch
        {
            cgroup.Dispose();
            throw;
        }
    }

    /// <summary>The directory of version 2 in which a process can be born: what clone3(2) takes with CLONE_INTO_CGROUP; null: there is none.</summary>
    public CgroupDirectory? Birthplace => CgroupLimit.Find(_directories, "");

    /// <summary>How a process enters those of version 1 by itself; where one may refuse and be passed over, <see cref="Join"/> is the way.</summary>
    public CgroupEntrance OpenEntrance() => CgroupEntrance.Open(_directories);

    /// <summary>Puts a process into every directory.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="init">For exec: the container's first process, whose own cgroup stands in where that of the container has children.</param>
    /// <param name="rootless">Whether a hierarchy that refuses is passed over: for a plain user who has named no cgroupsPath, and for exec.</param>
    /// <param name="below">For exec: cgroups below, which it joins in their place.</param>
    /// <exception cref="ContainerizeException">The process cannot be put there.</exception>
    public void Join(int pid, int init = 0, bool rootless = false, SubCgroups? below = null)
    {
        below?.Check(_directories);
        for (var i = _directories.Count - 1; i >= 0; i--)
        {
            var directory = _directories[i];
            if (below?.In(directory) is { Length: > 0 } path)
            {
                JoinBelow(directory, path, pid);
                continue;
            }

            var result = CgroupProcesses.TryJoin(directory, pid);
            if (result == -Errno.EBUSY && init != 0 && directory.Version == CgroupVersion.Two)
            {
                result = TryJoinBeside(init, pid);
            }

            if (result < 0 && rootless && CgroupSetup.IsPermission((int)-result))
            {
                directory.Dispose();
                _directories.RemoveAt(i);
            }
            else if (result < 0)
            {
                throw new ContainerizeException(
                    CgroupError.Joining, $"putting process {pid} into the cgroup {directory.Path}", Errno.Describe((int)-result), "");
            }
        }
    }

    /// <summary>Sets the limits but that of the number of processes.</summary>
    /// <param name="resources">linux.resources.</param>
    /// <param name="devices">The rules on devices; absent: they stay as they are.</param>
    /// <param name="rootless">Whether rules on devices that cannot be set are passed over: a plain user's container can make no device.</param>
    /// <exception cref="ContainerizeException">A limit is refused, or its controller is not there.</exception>
    public void Apply(ResourcesSpec? resources, DevicePolicy? devices, bool rootless)
    {
        if (devices is not null)
        {
            CgroupDevices.Apply(_directories, devices, rootless);
        }

        MemoryCheck.Run(_directories, resources?.Memory);
        CgroupLimit.WriteAll(_directories, ResourcePlan.Of(resources, Version, MemoryCheck.PresentLimit(_directories)).Writes);
    }

    /// <summary>Sets the most processes; to be called when the container's first process needs no more threads of ours.</summary>
    /// <exception cref="ContainerizeException">The limit is refused, or its controller is not there.</exception>
    public void ApplyProcessLimit(ResourcesSpec? resources)
    {
        if (ResourcePlan.Of(resources, Version).ProcessLimit is { } write)
        {
            CgroupLimit.WriteAll(_directories, [write]);
        }
    }

    /// <summary>Changes limits of a running container: those that are given, and none of devices.</summary>
    /// <param name="applied">Its limits so far.</param>
    /// <param name="change">The new ones.</param>
    /// <returns>All limits that hold now, for the state.</returns>
    /// <exception cref="ContainerizeException">A limit is refused; the old ones are set again, as far as they are known.</exception>
    public ResourcesSpec Update(ResourcesSpec? applied, ResourcesSpec change)
    {
        var needed = ResourceUpdate.Needed(applied, change, Version);
        try
        {
            Apply(needed, null, rootless: false);
            ApplyProcessLimit(needed);
        }
        catch (ContainerizeException)
        {
            TryRestore(applied);
            throw;
        }

        return ResourceUpdate.Merge(applied, change);
    }

    /// <summary>Gives the cgroup to a user, for a container that manages cgroups below its own. On version 1 that is not safe, and nothing is done.</summary>
    public void GiveTo(uint user)
    {
        if (IsUnified)
        {
            CgroupDelegation.Give(_directories[0], user);
        }
    }

    /// <summary>Whether it has what stops processes.</summary>
    public bool CanFreeze => TryFreezerDirectory() is not null;

    /// <summary>Stops all processes.</summary>
    public void Freeze() => CgroupFreezer.Freeze(FreezerDirectory("freezing the container"));

    /// <summary>Lets all processes run again.</summary>
    public void Thaw() => CgroupFreezer.Thaw(FreezerDirectory("thawing the container"));

    /// <summary>Whether all processes are stopped; false where nothing could have stopped them.</summary>
    public bool IsFrozen => TryFreezerDirectory() is { } directory && CgroupFreezer.IsFrozen(directory);

    /// <summary>All processes in it and below, as this process numbers them.</summary>
    /// <exception cref="ContainerizeException">The container has no cgroup.</exception>
    public IReadOnlyList<int> Processes()
    {
        var pids = new List<int>();
        CgroupProcesses.Collect(Main("listing the container's processes"), pids);
        return pids;
    }

    /// <summary>Sends a signal to all processes in it and below; frozen ones stay frozen unless they are killed.</summary>
    /// <exception cref="ContainerizeException">The container has no cgroup.</exception>
    public void SignalAll(int signal)
    {
        if (signal == Kill && CgroupLimit.Find(_directories, "")?.TryWrite("cgroup.kill", "1") >= 0)
        {
            // Version 1's freezer, in a hybrid, holds even what is killed.
            if (!IsUnified && IsFrozen)
            {
                Thaw();
            }

            return;
        }

        // Standing still, no process can start another that is not on the list. Without a freezer it is a try.
        var freezer = TryFreezerDirectory();
        var stays = signal != Kill && IsFrozen;
        try
        {
            if (freezer is not null && !stays)
            {
                TryFreeze(freezer);
            }

            foreach (var pid in Processes())
            {
                Syscall.Try(SyscallNumber.Kill, pid, signal);
            }
        }
        finally
        {
            if (freezer is not null && !stays)
            {
                CgroupFreezer.Thaw(freezer);
            }
        }
    }

    /// <summary>Kills all processes in it and below.</summary>
    public void KillAll() => SignalAll(Kill);

    /// <summary>Removes it with the cgroups below it; waits a while for processes that are about to end. That it is gone is no error.</summary>
    /// <exception cref="ContainerizeException">It stays, mostly because processes are in it.</exception>
    public void Remove() => Remove(Paths);

    /// <summary>As the other, by the paths of a container's state: for that none need be opened.</summary>
    /// <exception cref="ContainerizeException">It stays, mostly because processes are in it; or something that is no cgroup is there.</exception>
    public static void Remove(IReadOnlyDictionary<string, string> paths)
    {
        ContainerizeException? failure = null;
        var deadline = Environment.TickCount64 + PatienceMilliseconds;
        foreach (var ((path, version), controllers) in Places(paths))
        {
            var result = CgroupRemoval.TryRemove(path, version, deadline);
            if (result < 0 && CgroupDirectory.TryOpen(path, controllers, version, out _) is { } left)
            {
                left.Dispose();
                failure ??= new(
                    CgroupError.Removing, $"removing the cgroup {path}", Errno.Describe((int)-result),
                    result == -Errno.EBUSY ? "Processes are still in it; end them first." : "");
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>What the container uses.</summary>
    public ContainerStatistics ReadStatistics() => CgroupStatistics.Read(_directories);

    /// <summary>How often the kernel has ended something of it for want of memory.</summary>
    public ulong CountOutOfMemory() => CgroupStatistics.OutOfMemory(_directories);

    /// <summary>Takes back <see cref="Create"/>: what it made goes, as far as it is empty, the directories above included.</summary>
    public void Undo() => _setup?.Undo();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var directory in _directories)
        {
            directory.Dispose();
        }

        _directories.Clear();
    }

    // Several controllers may be of one hierarchy.
    private static Dictionary<(string Path, CgroupVersion Version), List<string>> Places(IReadOnlyDictionary<string, string> paths)
    {
        var places = new Dictionary<(string Path, CgroupVersion Version), List<string>>();
        foreach (var (controller, path) in paths)
        {
            var version = controller.Length == 0 ? CgroupVersion.Two : CgroupVersion.One;
            if (!places.TryGetValue((path, version), out var controllers))
            {
                places[(path, version)] = controllers = [];
            }

            controllers.Add(controller);
        }

        return places;
    }

    // Where there is no cgroup at all only the absence of limits matters.
    private CgroupVersion Version => IsUnified ? CgroupVersion.Two : CgroupVersion.One;

    private static void TryFreeze(CgroupDirectory freezer)
    {
        try
        {
            CgroupFreezer.Freeze(freezer);
        }
        catch (ContainerizeException)
        {
            // The signal is sent all the same.
        }
    }

    // In the words of runc.
    private static void JoinBelow(CgroupDirectory directory, string path, int pid)
    {
        var result = directory.TryOpenBelow(path, out var below);
        using (below)
        {
            result = below is null ? result : CgroupProcesses.TryJoin(below, pid);
            if (result < 0)
            {
                throw new ContainerizeException(
                    CgroupError.Joining, $"error adding pid {pid} to cgroups: {directory.Path}/{path}/cgroup.procs", Errno.Describe((int)-result), "Make that cgroup first, or name another with --cgroup.");
            }
        }
    }

    private static nint TryJoinBeside(int init, int pid)
    {
        var read = CgroupMembership.Parse(FileSystem.ReadText(Descriptor.WorkingDirectory, $"/proc/{init}/cgroup"));
        var hierarchies = CgroupHierarchies.Find();
        if (!read.TryGetValue("", out var path) || !hierarchies.IsUnified)
        {
            return -Errno.EBUSY;
        }

        using var directory = CgroupDirectory.TryOpen(hierarchies.All[0].Absolute(path.Trim('/')), [""], CgroupVersion.Two, out var errno);
        return directory is null ? -errno : CgroupProcesses.TryJoin(directory, pid);
    }

    private void TryRestore(ResourcesSpec? applied)
    {
        try
        {
            Apply(applied, null, rootless: false);
            ApplyProcessLimit(applied);
        }
        catch (ContainerizeException)
        {
            // The first failure is the one to tell.
        }
    }

    private CgroupDirectory? TryFreezerDirectory() => CgroupLimit.Find(_directories, "freezer");

    private CgroupDirectory FreezerDirectory(string doing) => TryFreezerDirectory() ?? throw Absent(doing);

    private CgroupDirectory Main(string doing) =>
        CgroupLimit.Find(_directories, "devices") ?? (_directories.Count > 0 ? _directories[0] : throw Absent(doing));

    private static ContainerizeException Absent(string doing) => new(CgroupError.Absent, doing, "it has no cgroup for that", "");
}
