namespace Containerize.Runtime.Monitoring;

/// <summary>Whether the kernel has ended something of a container for want of memory.</summary>
/// <remarks>https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.events), https://docs.kernel.org/admin-guide/cgroup-v1/memory.html (memory.oom_control)</remarks>
internal static class OutOfMemory
{
    /// <summary>Whether it has; asked before the container's cgroups go.</summary>
    public static bool Happened(string root, string id)
    {
        try
        {
            using var container = Container.Open(root, id, change: false);
            using var cgroup = container.OpenMemory();
            return cgroup.CountOutOfMemory() > 0;
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException)
        {
            // Nothing is known of it any more.
            return false;
        }
    }
}
