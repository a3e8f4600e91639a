
namespace Containerize.Runtime.Cgroups;

/// <summary>Removes a cgroup and the cgroups below it.</summary>
internal static class CgroupRemoval
{
    /// <summary>Removes the cgroup at a path, innermost first.</summary>
    /// <param name="path">The path.</param>
    /// <param name="version">The kind of its hierarchy.</param>
    /// <param name="deadline">How long one with processes in it is tried again, in the clock of <see cref="Environment.TickCount64"/>.</param>
    /// <returns>0, or the error number below zero; that it is not there is no error.</returns>
    public static nint TryRemove(string path, CgroupVersion version, long deadline = 0)
    {
        var slash = path.LastIndexOf('/');
        CgroupDirectory? parent;
        try
        {
            parent = CgroupDirectory.TryOpen(path[..Math.Max(slash, 1)], [], version, out _);
        }
        catch (SyscallException e)
        {
            return -e.Errno;
        }
        catch (ContainerizeException)
        {
            // Its parent is not on a cgroup filesystem: it is a hierarchy's top, or nothing of ours.
            return -Errno.EBUSY;
        }

        if (parent is null)
        {
            return 0;
        }

        using (parent)
        {
            return Remove(parent, path[(slash + 1)..], deadline);
        }
    }

    private static nint Remove(CgroupDirectory parent, string name, long deadline)
    {
        var result = parent.TryRemove(name);
        if (result is 0 or -Errno.ENOENT)
        {
            return 0;
        }

        // Besides what is busy: a read-only mount answers EROFS even for a directory that is not there.
        var opened = parent.TryOpenBelow(name, out var directory);
        if (opened < 0)
        {
            return opened is -Errno.ENOENT or -Errno.ENODEV ? 0 : result;
        }

        using (directory)
        {
            foreach (var child in directory!.Children())
            {
                var removed = Remove(directory, child, deadline);
                if (removed < 0)
                {
                    return removed;
                }
            }
        }

        for (var delay = 1; ; delay = Math.Min(delay * 2, 100))
        {
            result = parent.TryRemove(name);
            if (result != -Errno.EBUSY || Environment.TickCount64 >= deadline)
            {
                return result == -Errno.ENOENT ? 0 : result;
            }

            Pause.For(delay);
        }
    }
}
