using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The mounts of the configuration, in their order, each attached to a descriptor inside the root.</summary>
/// <param name="root">The container's root.</param>
/// <param name="spec">The configuration.</param>
/// <param name="request">The bundle, and whose user namespace we are in.</param>
/// <param name="proc">Our own procfs.</param>
/// <param name="cgroups">The container's cgroups.</param>
/// <param name="askForTree">Asks the host for a copy of a bind mount's source that we may not reach ourselves, by its place among the mounts; null: it cannot either.</param>
internal sealed class Mounts(RootDirectory root, RuntimeSpec spec, InitRequest request, ProcFs proc, InitCgroups cgroups, Func<int, Descriptor?> askForTree) : IDisposable
{
    private const uint ProcMagic = 0x9FA0;
    private readonly List<Descriptor> _readOnlyLater = [];
    private readonly List<Descriptor> _made = [];

    /// <summary>Makes one mount.</summary>
    public void Make(MountSpec mount)
    {
        var options = MountOptions.Parse(mount.Options);
        var destination = RootDirectory.Clean(mount.Destination ?? "");
        var isBind = options.IsBind || mount.Type is "bind" or "rbind" || (string.IsNullOrEmpty(mount.Type) && !options.IsRemount);
        var what = isBind ? mount.Source ?? "nothing" : mount.Type;
        RootStep.Take($"mounting {what} at {destination}", "See this mount of config.json, and dmesg for what the kernel has to say.", () =>
        {
            var isMapped = mount.UidMappings is { Count: > 0 };
            if (isMapped != mount.GidMappings is { Count: > 0 })
            {
                throw RootStep.Refusal($"mounting {what} at {destination}", "it has only one of uidMappings and gidMappings", "Give it both, or none.");
            }

            if ((isMapped || options.IdMapped != IdMapped.None) && !isBind)
            {
                throw RootStep.Refusal($"mounting {what} at {destination}", "only bind mounts can be idmapped", "Remove idmap and the mappings, or bind a directory.");
            }

            if (options.IsRemount)
            {
                Remount(mount, isBind ? options.AsBind(false) : options, destination);
            }
            else if (isBind)
            {
                Bind(Path.Combine(request.Bundle, mount.Source ?? ""), destination, BindOf(mount, options), mount);
            }
            else if (mount.Type is "cgroup" or "cgroup2")
            {
                new CgroupMounts(this, spec, cgroups).Make(mount, destination, options);
            }
            else
            {
                MakeFresh(mount.Type!, mount.Source, destination, options);
            }
        });
    }

    /// <summary>The host's side: a copy of what a bind mount binds, nowhere attached; null where there is none to be had.</summary>
    public static Descriptor? TryCopy(MountSpec mount, string bundle)
    {
        try
        {
            return MountApi.CloneMount(Descriptor.WorkingDirectory, Path.Combine(bundle, mount.Source ?? ""), BindsAllBelow(BindOf(mount, MountOptions.Parse(mount.Options))));
        }
        catch (SyscallException)
        {
            // Init has its own error.
            return null;
        }
    }

    /// <summary>Makes read-only what had to be written to until now.</summary>
    public void MakeReadOnly()
    {
        foreach (var mount in _readOnlyLater)
        {
            MountApi.Change(mount.Number, new MountChange(MountAttributes.ReadOnly), recursive: false, proc.PathBehind(mount.Number));
        }
    }

    /// <summary>Binds a file or directory of the host.</summary>
    /// <param name="source">Its path on the host; links are followed.</param>
    /// <param name="destination">Where in the container.</param>
    /// <param name="options">The options.</param>
    /// <param name="ids">Where ids are mapped: which.</param>
    public void Bind(string source, string destination, MountOptions options, MountSpec? ids = null)
    {
        using var tree = CopyOf(source, options, destination, ids);
        var isDirectory = FileStatus.Of(tree.Number).Type == FileStatus.Directory;
        using var target = isDirectory ? root.MakeDirectory(destination) : root.MakeFile(destination);
        var inside = root.PathOf(target.Number);
        ProcGuard.Check(inside, isProc: false, tree);
        MountApi.Attach(tree, target.Number, destination);
        MountChanges.Propagate(tree.Number, options.Propagation, destination);
        var mounted = OpenMounted(inside, destination);
        using (inside == "/" ? null : mounted)
        {
            if (FileStatus.Of(mounted.Number).MountId != FileStatus.Of(tree.Number).MountId)
            {
                throw Moved(destination);
            }
        }

        if (inside == "/")
        {
            root.Replace(mounted);
        }
    }

    /// <summary>Mounts a filesystem of its own.</summary>
    /// <returns>Its root, which stays ours; null where something else had to stand in.</returns>
    public Descriptor? MakeFresh(string type, string? source, string destination, MountOptions options)
    {
        // procfs and sysfs are where they say, or nowhere (CVE-2019-19921, CVE-2023-27561).
        var isKernels = type is "proc" or "sysfs";
        using var target = isKernels ? OrdinaryDirectory(type, destination) : MakeTarget(type, destination, ref options);
        var inside = root.PathOf(target.Number);
        ProcGuard.Check(inside, type == "proc", source: null);
        var data = isKernels || type == "mqueue" ? options.Data : SecurityLabel.Add(options.Data, spec.Linux?.MountLabel);
        // Devices, copies and links still have to be made there.
        var readOnlyLater = (options.Flags & MountFlags.ReadOnly) != 0 && (type == "tmpfs" || destination == "/dev");
        var flags = readOnlyLater ? options.Flags & ~MountFlags.ReadOnly : options.Flags;
        var result = MountApi.TryMountOn(proc, target.Number, source ?? type, type, flags, data);
        if (result == -Errno.EPERM && type == "sysfs" && request.InUserNamespace)
        {
            // A user namespace mounts a sysfs only with a network namespace of its own. The host's, with what is mounted on it, stands in.
            Bind("/sys", destination, options.AsBind(recursive: true).ForAllBelow());
            return null;
        }

        Syscall.Check(result, "mount", type);
        var mounted = OpenMounted(inside, destination);
        if (FileStatus.Of(mounted.Number).MountId == FileStatus.Of(target.Number).MountId || (type == "proc" && FileSystem.Magic(mounted.Number) != ProcMagic))
        {
            mounted.Dispose();
            throw Moved(destination);
        }

        _made.Add(mounted);
        if (options.CopyUp && type == "tmpfs")
        {
            using var from = proc.Reopen(target.Number, OpenFlags.ReadOnly | OpenFlags.Directory);
            using var to = proc.Reopen(mounted.Number, OpenFlags.ReadOnly | OpenFlags.Directory);
            TreeCopy.Copy(from.Number, to.Number);
        }

        MountChanges.ApplyRecursively(mounted.Number, options, destination);
        MountChanges.Propagate(mounted.Number, options.Propagation, destination);
        if (readOnlyLater)
        {
            _readOnlyLater.Add(mounted);
        }

        if (inside == "/")
        {
            root.Replace(OpenMounted(inside, destination));
        }

        return mounted;
    }

    /// <summary>Mounts a filesystem of its own on a directory that nobody else can reach yet.</summary>
    public void MakeFreshOn(Descriptor target, string type, string source, MountOptions options) =>
        Syscall.Check(MountApi.TryMountOn(proc, target.Number, source, type, options.Flags, SecurityLabel.Add(options.Data, spec.Linux?.MountLabel)), "mount", type);

    /// <summary>Binds a directory of the host on one that nobody else can reach yet.</summary>
    public void BindOn(Descriptor target, string source, MountOptions options)
    {
        using var tree = CopyOf(source, options, source);
        MountApi.Attach(tree, target.Number, source);
        MountChanges.Propagate(tree.Number, options.Propagation, source);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var mount in _made)
        {
            mount.Dispose();
        }
    }

    // With its attributes, before it is attached: nobody sees it without them.
    private Descriptor CopyOf(string source, MountOptions options, string name, MountSpec? ids = null)
    {
        var tree = Clone(source, options, ids);
        try
        {
            if (ids is not null && (options.IdMapped != IdMapped.None || ids.UidMappings is { Count: > 0 } || ids.GidMappings is { Count: > 0 }))
            {
                IdMappedMount.Map(tree, ids, options.IdMapped == IdMapped.Recursive, proc);
            }

            MountChanges.Apply(tree.Number, options, name);
            MountChanges.ApplyRecursively(tree.Number, options, name);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private Descriptor Clone(string source, MountOptions options, MountSpec? mount)
    {
        try
        {
            return MountApi.CloneMount(Descriptor.WorkingDirectory, source, BindsAllBelow(options));
        }
        catch (SyscallException e) when (e.Errno == Errno.EACCES && mount is not null)
        {
            var all = spec.Mounts!;
            var place = 0;
            while (!ReferenceEquals(all[place], mount))
            {
                place++;
            }

            return askForTree(place) ?? throw new SyscallException(e.Call, source, e.Errno);
        }
    }

    private static MountOptions BindOf(MountSpec mount, MountOptions options) => options.AsBind(recursive: mount.Type == "rbind" && !options.IsBind);

    private static bool BindsAllBelow(MountOptions options) => (options.Flags & MountFlags.Recursive) != 0;

    private Descriptor OrdinaryDirectory(string type, string destination)
    {
        try
        {
            return root.MakeOrdinaryDirectory(destination);
        }
        catch (SyscallException e) when (e.Errno is Errno.ELOOP or Errno.ENOTDIR)
        {
            throw RootStep.Refusal($"mounting {type} at {destination}", $"filesystem \"{type}\" must be mounted on ordinary directory", "Make it one in the image: a link could lead anywhere.");
        }
    }

    // A tmpfs looks like the directory that it covers, unless its options say how it looks.
    private Descriptor MakeTarget(string type, string destination, ref MountOptions options)
    {
        var existing = type == "tmpfs" ? root.TryOpen(destination) : null;
        if (existing is null)
        {
            return root.MakeDirectory(destination);
        }

        var mode = "mode=" + Convert.ToString(FileStatus.Of(existing.Number).Permissions, 8).PadLeft(4, '0');
        options = options.WithData(options.Data.Length == 0 ? mode : $"{mode},{options.Data}");
        return existing;
    }

    private void Remount(MountSpec mount, MountOptions options, string destination)
    {
        using var there = OpenMounted(destination, destination);
        if (options.IsBind)
        {
            MountChanges.Apply(there.Number, options, destination);
        }
        else
        {
            Syscall.Check(MountApi.TryMountOn(proc, there.Number, mount.Source, mount.Type, options.Flags, options.Data), "mount", destination);
        }

        MountChanges.ApplyRecursively(there.Number, options, destination);
        MountChanges.Propagate(there.Number, options.Propagation, destination);
    }

    // What is at the destination now must be the root of a mount: the one that was made, and not what somebody put in its way.
    private Descriptor OpenMounted(string inside, string destination)
    {
        // The root's own descriptor does not see what is mounted over it.
        var there = inside == "/" ? FileSystem.Open(Descriptor.WorkingDirectory, request.RootPath, OpenFlags.PathOnly) : root.Open(destination);
        if (FileStatus.Of(there.Number).IsMountRoot)
        {
            return there;
        }

        there.Dispose();
        throw Moved(destination);
    }

    private static SyscallException Moved(string destination) => new("mount", destination + ", which is not what was mounted there", Errno.EXDEV);
}
