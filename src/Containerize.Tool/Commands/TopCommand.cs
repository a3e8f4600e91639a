using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
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
        var words = new Argument<string[]>("OPTIONS") { Description = "Those of ps, which shows it then: aux, -eo pid,comm.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("top", "Lists the processes of a container.") { name, words };
        command.SetAction(parsed =>
        {
            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            if (!container.IsRunning)
            {
                throw new ContainerizeException(5023, $"listing the processes of '{container.Name}'", $"it is not running ({container.Status.Status})", "Start it.");
            }

            if (parsed.GetValue(words) is { Length: > 0 } options)
            {
                ShowByPs(options, [.. ContainerProcesses.Ids(engine, container)], terminal);
                return 0;
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

    // As docker does it: of all that ps shows, the lines of the container's processes.
    private static void ShowByPs(string[] options, HashSet<int> processes, Terminal terminal)
    {
        var doing = $"listing processes by 'ps {string.Join(' ', options)}'";
        var start = new ProcessStartInfo("ps", options) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using var ps = Process.Start(start)!;
            var error = ps.StandardError.ReadToEndAsync();
            var lines = ps.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            ps.WaitForExit();
            if (ps.ExitCode != 0 || lines.Length == 0)
            {
                throw new ContainerizeException(5020, doing, error.GetAwaiter().GetResult().Trim().Split('\n')[0].TrimEnd('.'), "Use options that ps knows.");
            }

            var column = Array.IndexOf(lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), "PID");
            if (column < 0)
            {
                throw new ContainerizeException(5020, doing, "it shows no PID, by which the container's are found", "Add pid to the columns: -eo pid,comm.");
            }

            terminal.Out.WriteLine(lines[0]);
            foreach (var line in lines.Skip(1).Where(l => int.TryParse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(column), out var id) && processes.Contains(id)))
            {
                terminal.Out.WriteLine(Printable.Of(line));
            }
        }
        catch (Win32Exception e)
        {
            throw new ContainerizeException(5020, doing, e.Message.TrimEnd('.'), "Install procps, or leave the options out.", e);
        }
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
