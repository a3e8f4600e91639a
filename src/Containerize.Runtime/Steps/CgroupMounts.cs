using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The container's view of its cgroups: all of cgroup v2, or a tmpfs with one directory for each hierarchy of v1.</summary>
/// <param name="mounts">What mounts.</param>
/// <param name="root">The container's root.</param>
/// <param name="spec">The configuration.</param>
/// <param name="request">The container's own cgroups.</param>
internal sealed class CgroupMounts(Mounts mounts, RootDirectory root, RuntimeSpec spec, InitRequest request)
{
    private const string HostMountPoint = "/sys/fs/cgroup";

    private bool HasNamespace => spec.HasOwn("cgroup");

    /// <summary>Makes the mount of type cgroup that the configuration asks for.</summary>
    public void Make(MountSpec mount, string destination, MountOptions options)
    {
        var hierarchies = CgroupHierarchies.Find();
        if (hierarchies.IsUnified)
        {
            MakeVersion2(mount, destination, options);
        }
        else
        {
            MakeVersion1(hierarchies, destination, options);
        }
    }

    private void MakeVersion2(MountSpec mount, string destination, MountOptions options)
    {
        try
        {
            mounts.MakeFresh("cgroup2", mount.Source, destination, options);
        }
        catch (SyscallException exception) when (exception.Call == "mount" && exception.Errno is Errno.EPERM or Errno.EBUSY)
        {
            // A user namespace mounts none without a cgroup namespace of its own. What it would see there is what we bind.
            var own = HasNamespace && request.Cgroups is { } cgroups && cgroups.TryGetValue("", out var path) ? path : HostMountPoint;
            mounts.Bind(own, destination, options.AsBind(recursive: false));
        }
    }

    private void MakeVersion1(CgroupHierarchies hierarchies, string destination, MountOptions options)
    {
        var top = MountOptions.Parse(["nosuid", "nodev", "noexec", "mode=755"]).WithPropagation(options.Propagation);
        mounts.MakeFresh("tmpfs", "tmpfs", destination, top);
        foreach (var hierarchy in hierarchies.All)
        {
            if (hierarchy.Version == CgroupVersion.One)
            {
                MakeHierarchy(hierarchy, destination, options);
            }
        }
    }

    private void MakeHierarchy(CgroupHierarchy hierarchy, string destination, MountOptions options)
    {
        var name = Path.GetFileName(hierarchy.MountPoint);
        var place = RootDirectory.Clean($"{destination}/{name}");
        if (HasNamespace)
        {
            // In a cgroup namespace a mount of the hierarchy begins at our own cgroup.
            var isNamed = hierarchy.Controllers[0].StartsWith("name=", StringComparison.Ordinal);
            var access = (options.Flags & MountFlags.ReadOnly) != 0 ? "ro" : "rw";
            var words = MountOptions.Parse(["nosuid", "nodev", "noexec", access, string.Join(',', hierarchy.Controllers)]);
            mounts.MakeFresh("cgroup", isNamed ? name : "cgroup", place, words);
        }
        else
        {
            mounts.Bind(hierarchy.Absolute(hierarchy.OwnPath), place, options.AsBind(recursive: true));
        }

        foreach (var controller in name.Contains(',') ? name.Split(',') : [])
        {
            using var parent = root.MakeParent($"{destination}/{controller}", out var link);
            var result = FileNodes.TryLink(name, parent.Number, link);
            if (result != -Errno.EEXIST)
            {
                Syscall.Check(result, "symlinkat", $"{destination}/{controller}");
            }
        }
    }
}
