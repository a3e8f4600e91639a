using System.Globalization;
using System.Text;
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

    // A duration as Go writes them: 5s, 100ms, 1m30s.
    private static long Interval(string text)
    {
        var total = 0.0;
        var at = 0;
        while (at < text.Length)
        {
            var from = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            var unitFrom = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
            {
                at++;
            }

            double? unit = text[unitFrom..at] switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, "us" => 0.001, "ns" => 0.000001, _ => null };
            if (unit is null || !double.TryParse(text[from..unitFrom], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                throw Options.Bad("events", $"--interval {text} is not a duration, as 5s or 100ms");
            }

            total += number * unit.Value;
        }

        return total is >= 1 and < int.MaxValue ? (long)total : throw Options.Bad("events", $"--interval {text} is not above zero");
    }

    private static int Print(ContainerEvent happened) => Output.Write(Encoding.UTF8.GetString(RuntimeDocuments.Write(happened)) + "\n");
}
