using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The container's view of its cgroups: all of cgroup v2, or a tmpfs with one directory for each hierarchy of v1.</summary>
/// <param name="mounts">What mounts.</param>
/// <param name="spec">The configuration.</param>
/// <param name="cgroups">The container's cgroups.</param>
internal sealed class CgroupMounts(Mounts mounts, RuntimeSpec spec, InitCgroups cgroups)
{
    private const string HostMountPoint = "/sys/fs/cgroup";

    private bool HasNamespace => spec.HasOwn("cgroup");

    /// <summary>Makes the mount of type cgroup that the configuration asks for.</summary>
    public void Make(MountSpec mount, string destination, MountOptions options)
    {
        if (cgroups.Version1 is { } hierarchies)
        {
            MakeVersion1(hierarchies, destination, options);
        }
        else
        {
            MakeVersion2(mount, destination, options);
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
            var own = HasNamespace && cgroups.Paths is { } paths && paths.TryGetValue("", out var path) ? path : HostMountPoint;
            mounts.Bind(own, destination, options.AsBind(recursive: false));
        }
    }

    private void MakeVersion1(List<InitHierarchy> hierarchies, string destination, MountOptions options)
    {
        var words = MountOptions.Parse(["nosuid", "nodev", "noexec", "mode=755"]).WithPropagation(options.Propagation);
        // A tmpfs always is what it says. Nobody else sees it before the container runs, so what is made in it is where it was made.
        var top = mounts.MakeFresh("tmpfs", "tmpfs", destination, words)!;
        foreach (var hierarchy in hierarchies)
        {
            MakeHierarchy(hierarchy, top, destination, options);
        }
    }

    private void MakeHierarchy(InitHierarchy hierarchy, Descriptor top, string destination, MountOptions options)
    {
        const uint Mode = 0b111_101_101;
        var name = Path.GetFileName(hierarchy.MountPoint);
        var made = FileSystem.TryMakeDirectory(top.Number, name, Mode);
        if (made != -Errno.EEXIST)
        {
            Syscall.Check(made, "mkdirat", $"{destination}/{name}");
        }

        using var place = FileSystem.Open(top.Number, name, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (HasNamespace)
        {
            // In a cgroup namespace a mount of the hierarchy begins at our own cgroup.
            var controllers = hierarchy.Controllers ?? [];
            var isNamed = controllers is [var first, ..] && first.StartsWith("name=", StringComparison.Ordinal);
            var access = (options.Flags & MountFlags.ReadOnly) != 0 ? "ro" : "rw";
            var words = MountOptions.Parse(["nosuid", "nodev", "noexec", access, string.Join(',', controllers)]);
            mounts.MakeFreshOn(place, "cgroup", isNamed ? name : "cgroup", words);
        }
        else
        {
            mounts.BindOn(place, hierarchy.Path, options.AsBind(recursive: true));
        }

        foreach (var controller in name.Contains(',') ? name.Split(',') : [])
        {
            var result = FileNodes.TryLink(name, top.Number, controller);
            if (result != -Errno.EEXIST)
            {
                Syscall.Check(result, "symlinkat", $"{destination}/{controller}");
            }
        }
    }
}
