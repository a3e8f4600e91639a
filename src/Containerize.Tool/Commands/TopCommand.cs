using System.CommandLine;
using System.Globalization;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>top</c>: the processes of a container.</summary>
internal static class TopCommand
{
    // sysconf(_SC_CLK_TCK), which is this on all Linux machines.
    private const double Ticks = 100;

    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var words = new Argument<string[]>("OPTIONS") { Description = "Accepted.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("top", "Lists the processes of a container.") { name, words };
        command.SetAction(parsed =>
        {
            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            if (!container.IsRunning)
            {
                throw new ContainerizeException(5023, $"listing the processes of '{container.Name}'", $"it is not running ({container.Status.Status})", "Start it.");
            }

            var table = new TextTable("UID", "PID", "PPID", "STIME", "TTY", "TIME", "CMD");
            foreach (var id in ContainerProcesses.Ids(engine, container))
            {
                if (Row(id) is { } row)
                {
                    table.Add(row);
                }
            }

            table.Write(terminal.Out, terminal.Style);
            return 0;
        });
        return command;
    }

    // Null when it has ended meanwhile.
    private static string[]? Row(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The name, in parentheses, may have anything in it.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var uid = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
            var command = File.ReadAllText($"/proc/{id}/cmdline").TrimEnd('\0').Replace('\0', ' ');
            var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            var started = DateTimeOffset.Now - TimeSpan.FromSeconds(uptime - (double.Parse(fields[19], CultureInfo.InvariantCulture) / Ticks));
            var time = TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / Ticks);
            return
            [
                uid,
                id.ToString(CultureInfo.InvariantCulture),
                fields[1],
                started.ToString("HH:mm", CultureInfo.InvariantCulture),
                fields[4] == "0" ? "?" : "pts",
                time.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture),
                command.Length > 0 ? command : $"[{stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')]}]",
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }
}
