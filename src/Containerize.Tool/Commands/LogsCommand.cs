using System.CommandLine;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>logs</c>: what a container has printed.</summary>
internal static class LogsCommand
{
    private const int BufferSize = 65536;

    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var follow = ContainerOptions.Flag("--follow", "Goes on until it ends.", "-f");
        var times = ContainerOptions.Flag("--timestamps", "With the time before each line.", "-t");
        var tail = ContainerOptions.One("--tail", "NUMBER|all", "The last lines only.", "-n");
        var since = ContainerOptions.One("--since", "TIME|10m", "From then on.");
        var until = ContainerOptions.One("--until", "TIME|10m", "Up to then.");
        var command = new Command("logs", "Shows what a container has printed.") { name, follow, times, tail, since, until };
        command.SetAction(async (parsed, token) =>
        {
            var store = new ContainerStore(StoragePaths.From(terminal.Variable));
            var container = store.Resolve(parsed.GetValue(name)!);
            if (container.Plan.Log.Driver == "none")
            {
                throw new ContainerizeException(5028, $"reading the log of the container '{container.Name}'", "it keeps none (--log-driver none)", "Attach to it instead.");
            }

            var now = DateTimeOffset.UtcNow;
            var from = parsed.GetValue(since) is { } s ? TimeOption.Parse("--since", s, now) : (DateTimeOffset?)null;
            var to = parsed.GetValue(until) is { } u ? TimeOption.Parse("--until", u, now) : (DateTimeOffset?)null;
            await using var output = new BufferedStream(terminal.OpenOutput(), BufferSize);
            await using var error = new BufferedStream(Console.OpenStandardError(), BufferSize);
            using var log = new ContainerLog(container.Paths.Log);
            foreach (var line in log.Last(Tail(parsed.GetValue(tail)), from, to))
            {
                Write(line, parsed.GetValue(times), output, error);
            }

            while (parsed.GetValue(follow) && to is null)
            {
                output.Flush();
                error.Flush();

                // Whether it has ended, before what there is is read: after it nothing comes.
                var ended = store.TryRead(container.Id) is not { IsMonitored: true };
                foreach (var line in log.Next())
                {
                    if (from is null || line.Time >= from)
                    {
                        Write(line, parsed.GetValue(times), output, error);
                    }
                }

                if (ended)
                {
                    break;
                }

                await Task.Delay(100, token);
            }

            return 0;
        });
        return command;
    }

    private static int? Tail(string? text) => text switch
    {
        null or "all" or "-1" => null,
        _ when int.TryParse(text, out var number) && number >= 0 => number,
        _ => throw new ContainerizeException(5020, $"reading --tail {text}", "it is not a number of lines", "Write a number, or all."),
    };

    private static void Write(LogEntry line, bool times, Stream output, Stream error)
    {
        var (stream, other) = line.Stream == "stderr" ? (error, output) : (output, error);
        // On one terminal they come in the order in which they were printed; of what has nothing waiting this costs nothing.
        other.Flush();
        if (times)
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(line.TimeText + " "));
        }

        stream.Write(line.Text.Span);
        if (line.IsWhole)
        {
            stream.WriteByte((byte)'\n');
        }
    }
}
