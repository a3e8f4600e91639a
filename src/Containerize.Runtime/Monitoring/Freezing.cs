namespace Containerize.Runtime.Monitoring;

/// <summary>Stops a container's processes where they are, and lets them run on: by its cgroup, or by signals where it has none.</summary>
internal static class Freezing
{
    /// <summary>Does one or the other; CTZ6008 where it is so already.</summary>
    /// <param name="container">The container.</param>
    /// <param name="pid">Its first process.</param>
    /// <param name="isPaused">Whether it was frozen by us, as signals leave nothing that would say so.</param>
    /// <param name="freeze">Which.</param>
    public static void Change(Container container, int pid, bool isPaused, bool freeze)
    {
        using var cgroup = container.OpenCgroup();
        var bySignals = !cgroup.CanFreeze && ProcessStop.OwnsNamespace(pid);
        if ((bySignals ? isPaused : cgroup.IsFrozen) == freeze)
        {
            throw Refused(freeze);
        }

        switch (freeze, bySignals)
        {
            case (true, true):
                ProcessStop.Stop(pid);
                break;
            case (false, true):
                ProcessStop.Resume(pid);
                break;
            case (true, false):
                cgroup.Freeze();
                break;
            default:
                cgroup.Thaw();
                break;
        }
    }

    /// <summary>What is said where there is nothing to stop, or to let run on.</summary>
    public static ContainerizeException Refused(bool freeze) =>
        Failure.Of(6008, freeze ? "pausing the container" : "unpausing the container", freeze ? "it is not running" : "it is not paused");
}
