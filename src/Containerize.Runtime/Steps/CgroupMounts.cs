using Containerize.Oci.Runtime;
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
    private const uint Version2Magic = 0x63677270;

    private bool HasNamespace => spec.HasOwn("cgroup");

    /// <summary>Makes the mount of type cgroup that the configuration asks for.</summary>
    public void Make(MountSpec mount, string destination, MountOptions options)
    {
        if (IsVersion2())
        {
            MakeVersion2(mount, destination, options);
        }
        else
        {
            MakeVersion1(destination, options);
        }
    }

    private static bool IsVersion2()
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, HostMountPoint, OpenFlags.PathOnly | OpenFlags.Directory);
        if (opened < 0)
        {
            return false;
        }

        using var directory = new Descriptor((int)opened);
        return FileSystem.Magic(directory.Number) == Version2Magic;
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

    private void MakeVersion1(string destination, MountOptions options)
    {
        var top = MountOptions.Parse(["nosuid", "nodev", "noexec", "mode=755"]).WithPropagation(options.Propagation);
        mounts.MakeFresh("tmpfs", "tmpfs", destination, top);
        var table = MountTable.Parse(FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/thread-self/mountinfo"));
        var own = FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/thread-self/cgroup").Split('\n');
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var hierarchy in table)
        {
            if (hierarchy.Type == "cgroup" && OwnOf(hierarchy, own) is { } path && seen.Add(hierarchy.Options))
            {
                MakeHierarchy(hierarchy, path, destination, options);
            }
        }
    }

    private void MakeHierarchy(MountTable hierarchy, string own, string destination, MountOptions options)
    {
        var name = Path.GetFileName(hierarchy.Path);
        var place = RootDirectory.Clean($"{destination}/{name}");
        if (HasNamespace)
        {
            // In a cgroup namespace a mount of the hierarchy begins at our own cgroup.
            var isNamed = Array.IndexOf(hierarchy.Options.Split(','), "name=" + name) >= 0;
            var words = MountOptions.Parse(["nosuid", "nodev", "noexec", isNamed ? "name=" + name : name, (options.Flags & MountFlags.ReadOnly) != 0 ? "ro" : "rw"]);
            mounts.MakeFresh("cgroup", isNamed ? name : "cgroup", place, words);
        }
        else
        {
            mounts.Bind(Below(hierarchy, own), place, options.AsBind(recursive: true));
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

    // The mount shows a part of the hierarchy, perhaps all; our own cgroup lies in it.
    private static string Below(MountTable hierarchy, string own)
    {
        var below = hierarchy.Root == "/" ? own : own.StartsWith(hierarchy.Root, StringComparison.Ordinal) ? own[hierarchy.Root.Length..] : "";
        return RootDirectory.Clean(hierarchy.Path + "/" + below);
    }

    // Number, controllers and path: "4:cpu,cpuacct:/a". Without controllers it is that of v2.
    private static string? OwnOf(MountTable hierarchy, string[] own)
    {
        var options = hierarchy.Options.Split(',');
        foreach (var line in own)
        {
            var fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[1].Length > 0 && Array.IndexOf(options, fields[1].Split(',')[0]) >= 0)
            {
                return fields[2];
            }
        }

        return null;
    }
}
