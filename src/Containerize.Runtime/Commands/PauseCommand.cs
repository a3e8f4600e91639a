namespace Containerize.Runtime.Commands;

/// <summary>`pause` and `resume`.</summary>
internal static class PauseCommand
{
    /// <summary>Freezes a container.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("pause", invocation.Words, [], []);
        using var container = Container.Open(invocation.Root, options.Expect(1, 1, "the id of the container")[0], change: true);
        var status = container.Status(locked: true);
        if (status is not ("running" or "created"))
        {
            throw Failure.Of(6008, $"pausing container {container.Record.Id}", $"container not running: it is {status}");
        }

        using var cgroup = container.OpenCgroup();
        cgroup.Freeze();
        return 0;
    }

    /// <summary>Lets it run again.</summary>
    public static int Resume(Invocation invocation)
    {
        var options = Options.Read("resume", invocation.Words, [], []);
        using var container = Container.Open(invocation.Root, options.Expect(1, 1, "the id of the container")[0], change: true);
        var status = container.Status(locked: true);
        if (status != "paused")
        {
            throw Failure.Of(6008, $"resuming container {container.Record.Id}", $"container not paused: it is {status}");
        }

        using var cgroup = container.OpenCgroup();
        cgroup.Thaw();
        return 0;
    }
}
