using System.Text;
using Containerize.Planning;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>`events`: what a container uses, and when the kernel ends something of it for want of memory, one JSON a line, as with runc.</summary>
internal static class EventsCommand
{
    // How soon what happened is told.
    private const int Step = 100;
    private const int UsualInterval = 5000;

    /// <summary>Prints events until the container has stopped; with --stats what it uses now.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("events", invocation.Words, ["stats"], ["interval"]);
        var id = options.Expect(1, 1, "the id of the container")[0];
        var interval = options.Value("interval") is { } text ? Interval(text) : UsualInterval;
        using var container = Container.Open(invocation.Root, id, change: false);
        using var process = container.TryOpenProcess() ?? throw Failure.Of(6008, $"watching container {id}", "container with id is not running: it has stopped");
        using var cgroup = container.OpenCgroup();
        if (options.Has("stats"))
        {
            return Print(new ContainerEvent { Type = "stats", Id = id, Data = cgroup.ReadStatistics() });
        }

        var killed = cgroup.CountOutOfMemory();
        for (long waited = interval; ; waited += Step)
        {
            if (waited >= interval)
            {
                waited = 0;
                if (Print(new ContainerEvent { Type = "stats", Id = id, Data = cgroup.ReadStatistics() }) != 0)
                {
                    return 0;
                }
            }

            var hasEnded = Polling.Wait(process.Number, (int)Math.Min(Step, interval));
            for (var now = cgroup.CountOutOfMemory(); killed < now; killed++)
            {
                Print(new ContainerEvent { Type = "oom", Id = id });
            }

            if (hasEnded)
            {
                return 0;
            }
        }
    }

    private static long Interval(string text)
    {
        const double Milliseconds = 1e6;
        var nanoseconds = GoDuration.TryParse(text) ?? throw Options.Bad("events", $"--interval {text} is not a duration, as 5s or 100ms");
        return nanoseconds / Milliseconds is >= 1 and < int.MaxValue and var interval ? (long)interval : throw Options.Bad("events", $"--interval {text} is not above zero");
    }

    private static int Print(ContainerEvent happened) => Output.Write(Encoding.UTF8.GetString(RuntimeDocuments.Write(happened)) + "\n");
}
