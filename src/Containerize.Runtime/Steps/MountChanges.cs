using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>What option words change of a mount that is there: its attributes, those of the mounts below it, its propagation.</summary>
internal static class MountChanges
{
    private const ulong NoChange = MountFlags.Bind | MountFlags.Recursive | MountFlags.Remount;

    /// <summary>
    /// Gives a bind mount the attributes that are asked for, and no others. What is locked because another user namespace made the
    /// original so stays as it is, unless the words ask for its contrary (mount_namespaces(7), locked flags).
    /// </summary>
    public static void Apply(int mount, MountOptions options, string name)
    {
        if ((options.Flags & ~NoChange) == 0 && options.Cleared == 0)
        {
            return;
        }

        var wanted = MountAttributes.Of(options.Flags);
        // No word about access times: they stay as they are, as with mount(2) and MS_REMOUNT.
        var aboutTimes = (options.Flags & MountFlags.AccessTimes) != 0;
        var times = MountAttributes.AccessTimeOf(options.Flags);
        var change = new MountChange(
            wanted | (aboutTimes ? times : 0),
            (MountAttributes.Simple & ~wanted) | (aboutTimes ? MountAttributes.AccessTime : 0));
        var result = MountApi.TryChange(mount, change, recursive: false);
        if (result != -Errno.EPERM)
        {
            Syscall.Check(result, "mount_setattr", name);
            return;
        }

        var locked = MountApi.AttributesOf(mount);
        if ((locked & MountAttributes.Of(options.Cleared)) != 0 || (aboutTimes && (locked & MountAttributes.AccessTime) != times))
        {
            throw new SyscallException("mount_setattr", name, Errno.EPERM);
        }

        MountApi.Change(mount, new MountChange(wanted | (locked & MountAttributes.Simple)), recursive: false, name);
    }

    /// <summary>Changes the attributes of a mount and of all below it.</summary>
    public static void ApplyRecursively(int mount, MountOptions options, string name)
    {
        if ((options.RecursiveSet | options.RecursiveClear) != 0)
        {
            MountApi.Change(mount, new MountChange(options.RecursiveSet, options.RecursiveClear), recursive: true, name);
        }
    }

    /// <summary>Changes the propagation, in the order of the words.</summary>
    public static void Propagate(int mount, IReadOnlyList<ulong> changes, string name)
    {
        foreach (var change in changes)
        {
            MountApi.Change(
                mount,
                new MountChange(Propagation: change & ~MountFlags.Recursive),
                (change & MountFlags.Recursive) != 0,
                name);
        }
    }
}
