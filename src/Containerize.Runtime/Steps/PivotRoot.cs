using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>From the host's root to the container's: propagation, the root as a mount of its own, the change of roots.</summary>
/// <param name="spec">The configuration.</param>
/// <param name="request">Where the root is, and how it is entered.</param>
internal sealed class PivotRoot(RuntimeSpec spec, InitRequest request)
{
    /// <summary>Cuts the mounts off from the host's and makes the root a mount of its own; its descriptor.</summary>
    public Descriptor Prepare()
    {
        // What is unbindable could not be bound from, also not by us: that comes last.
        var flags = Propagation() ?? (MountFlags.Slave | MountFlags.Recursive);
        var first = (flags & MountFlags.Unbindable) != 0 ? MountFlags.Private | MountFlags.Recursive : flags;
        Syscall.Check(MountApi.TryMount(null, "/", null, first), "mount", "/");
        MakeParentPrivate();
        var tree = MountApi.CloneMount(Descriptor.WorkingDirectory, request.RootPath, recursive: true);
        try
        {
            using var place = FileSystem.Open(Descriptor.WorkingDirectory, request.RootPath, OpenFlags.PathOnly | OpenFlags.Directory);
            MountApi.Attach(tree, place.Number, request.RootPath);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>Makes the root the root of our namespace and working directory, and lets go of the host's.</summary>
    public void Enter(int root)
    {
        if (request.NoPivot)
        {
            Move(root);
        }
        else
        {
            Pivot(root);
        }

        ChangeDirectory("/");
    }

    /// <summary>Gives the root the propagation that the configuration asks for; it could not have been shared while it was entered.</summary>
    public void Propagate()
    {
        if (Propagation() is { } flags && (flags & MountFlags.Private) == 0)
        {
            Syscall.Check(MountApi.TryMount(null, "/", null, flags), "mount", "/");
        }
    }

    /// <summary>The propagation that the configuration asks for; null: none.</summary>
    /// <exception cref="ContainerizeException">There is none of this name, or it is not safe.</exception>
    public ulong? Propagation()
    {
        var word = spec.Linux?.RootfsPropagation;
        if (string.IsNullOrEmpty(word))
        {
            return null;
        }

        const string Doing = "setting the propagation of the root";
        var flags = MountOptions.PropagationOf(word)
            ?? throw RootStep.Refusal(Doing, $"'{word}' is no propagation", "Set rootfsPropagation to shared, slave, private or unbindable, or one of them after an r.");
        return request.NoPivot && (flags & MountFlags.Private) != 0
            ? throw RootStep.Refusal(Doing, "a private root is not safe without pivot_root", "Leave out --no-pivot, or set rootfsPropagation to rslave.")
            : flags;
    }

    // What we mount must not be seen through the mount that the root lies in, and pivot_root refuses a root in a shared one.
    private void MakeParentPrivate()
    {
        var path = request.RootPath;
        nint result;
        while ((result = MountApi.TryMount(null, path, null, MountFlags.Private)) == -Errno.EINVAL && path != "/")
        {
            path = Path.GetDirectoryName(path) ?? "/";
        }

        Syscall.Check(result, "mount", path);
    }

    // pivot_root(".", ".") puts the old root over the new one, from where it is taken away (pivot_root(2), NOTES).
    private static void Pivot(int root)
    {
        using var old = FileSystem.Open(Descriptor.WorkingDirectory, "/", OpenFlags.ReadOnly | OpenFlags.Directory);
        Syscall.Check(Syscall.Try(SyscallNumber.Fchdir, root), "fchdir", "the root");
        using (var here = new NativeText("."))
        {
            Syscall.Check(Syscall.Try(SyscallNumber.PivotRoot, here.Address, here.Address), "pivot_root");
        }

        Syscall.Check(Syscall.Try(SyscallNumber.Fchdir, old.Number), "fchdir", "the old root");
        // A slave: that it goes away here must not make it go away on the host.
        Syscall.Check(MountApi.TryMount(null, ".", null, MountFlags.Slave | MountFlags.Recursive), "mount", "the old root");
        Syscall.Check(MountApi.TryDetach("."), "umount2", "the old root");
    }

    // The host's mounts stay reachable for whoever breaks out of a chroot; at least its procfs and sysfs, which have everything, go.
    private void Move(int root)
    {
        foreach (var mount in MountLine.Parse(FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/thread-self/mountinfo")))
        {
            if (mount.Type is not ("proc" or "sysfs") || mount.Root != "/" || IsInRoot(mount.Path))
            {
                continue;
            }

            var result = MountApi.TryMount(null, mount.Path, null, MountFlags.Slave | MountFlags.Recursive);
            if (result == -Errno.ENOENT)
            {
                continue;
            }

            Syscall.Check(result, "mount", mount.Path);
            result = MountApi.TryDetach(mount.Path);
            if (result is -Errno.EINVAL or -Errno.EPERM)
            {
                result = MountApi.TryMount("tmpfs", mount.Path, "tmpfs", 0);
            }

            Syscall.Check(result, "umount2", mount.Path);
        }

        Syscall.Check(Syscall.Try(SyscallNumber.Fchdir, root), "fchdir", "the root");
        Syscall.Check(MountApi.TryMount(".", "/", null, MountFlags.Move), "mount", "the root over /");
        ChangeRoot(root);
    }

    private bool IsInRoot(string path) => path == request.RootPath || path.StartsWith(request.RootPath + "/", StringComparison.Ordinal);

    private static void ChangeRoot(int root)
    {
        Syscall.Check(Syscall.Try(SyscallNumber.Fchdir, root), "fchdir", "the root");
        using var here = new NativeText(".");
        Syscall.Check(Syscall.Try(SyscallNumber.Chroot, here.Address), "chroot");
    }

    private static void ChangeDirectory(string path)
    {
        using var text = new NativeText(path);
        Syscall.Check(Syscall.Try(SyscallNumber.Chdir, text.Address), "chdir", path);
    }
}
