using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>stats</c>: what containers use.</summary>
internal static class StatsCommand
{
    internal static Command Create(Terminal terminal)
    {
        var names = new Argument<string[]>("CONTAINER") { Description = "Names or ids; without any, all that run.", Arity = ArgumentArity.ZeroOrMore };
        var once = ContainerOptions.Flag("--no-stream", "Once.");
        var all = ContainerOptions.Flag("--all", "Also those that do not run.", "-a");
        var format = ContainerOptions.One("--format", "table|json|TEMPLATE", "How it is shown.");
        var command = new Command("stats", "Shows what containers use: processor, memory, network, disks, processes.") { names, once, all, format };
        command.SetAction(async (parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            var shape = parsed.GetValue(format) ?? "table";
            var before = new Dictionary<string, ContainerUsage>();
            while (true)
            {
                var containers = Find(engine, parsed.GetValue(names) ?? [], parsed.GetValue(all));
                if (before.Count == 0)
                {
                    Measure(engine, containers, before);
                    await Task.Delay(TimeSpan.FromSeconds(parsed.GetValue(once) ? 0.5 : 1), token);
                }

                Show(engine, containers, before, shape, terminal, clears: !parsed.GetValue(once) && !terminal.OutputRedirected);
                if (parsed.GetValue(once))
                {
                    return 0;
                }

                await Task.Delay(TimeSpan.FromSeconds(1), token);
            }
        });
        return command;
    }

    private static List<LocalContainer> Find(LocalEngine engine, string[] names, bool all) =>
        names.Length > 0 ? [.. names.Select(engine.Containers.Resolve)] : [.. engine.Containers.List().Where(c => all || c.IsRunning)];

    private static void Measure(LocalEngine engine, List<LocalContainer> containers, Dictionary<string, ContainerUsage> into)
    {
        foreach (var container in containers)
        {
            if (ContainerUsage.Read(engine, container) is { } usage)
            {
                into[container.Id] = usage;
            }
        }
    }

    private static void Show(LocalEngine engine, List<LocalContainer> containers, Dictionary<string, ContainerUsage> before, string shape, Terminal terminal, bool clears)
    {
        var table = new TextTable("CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS");
        if (clears)
        {
            terminal.Out.Write("\e[2J\e[H");
        }

        foreach (var container in containers)
        {
            var usage = ContainerUsage.Read(engine, container);
            var cells = Cells(container, usage, before.GetValueOrDefault(container.Id));
            if (usage is not null)
            {
                before[container.Id] = usage;
            }

            if (shape == "table")
            {
                table.Add(cells);
            }
            else
            {
                var json = Json(cells);
                terminal.Out.WriteLine(shape == FormatOption.Json ? json.GetRawText() : FieldTemplate.Fill(shape, json));
            }
        }

        if (shape == "table")
        {
            table.Write(terminal.Out, terminal.Style);
        }
    }

    private static string[] Cells(LocalContainer container, ContainerUsage? usage, ContainerUsage? before)
    {
        if (usage is null)
        {
            return [container.Id[..12], container.Name, "--", "-- / --", "--", "-- / --", "-- / --", "--"];
        }

        var nanoseconds = before is null ? 0 : (usage.At - before.At).TotalMilliseconds * 1e6;
        var processor = nanoseconds > 0 ? Math.Max(0, usage.Processor - before!.Processor) / nanoseconds * 100 : 0;
        return
        [
            container.Id[..12],
            container.Name,
            Percent(processor),
            $"{ByteSize.Of(usage.Memory)} / {ByteSize.Of(usage.MemoryLimit)}",
            Percent(usage.MemoryLimit > 0 ? usage.Memory * 100.0 / usage.MemoryLimit : 0),
            $"{ByteSize.Of(usage.Received)} / {ByteSize.Of(usage.Sent)}",
            $"{ByteSize.Of(usage.ReadBytes)} / {ByteSize.Of(usage.Written)}",
            usage.Processes.ToString(CultureInfo.InvariantCulture),
        ];
    }

    private static JsonElement Json(string[] cells)
    {
        string[] names = ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"];
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var i = 0; i < names.Length; i++)
            {
                json.WriteString(names[i], cells[i]);
            }

            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    private static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + "%";
}
