using System.CommandLine;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>ps</c>: the containers.</summary>
internal static class PsCommand
{
    internal static Command Create(Terminal terminal)
    {
        var all = ContainerOptions.Flag("--all", "Also those that do not run.", "-a");
        var quiet = ContainerOptions.Flag("--quiet", "Ids only.", "-q");
        var whole = ContainerOptions.Flag("--no-trunc", "Whole ids and commands.");
        var latest = ContainerOptions.Flag("--latest", "The newest.", "-l");
        var last = new Option<int?>("--last", "-n") { Description = "So many of the newest.", HelpName = "NUMBER" };
        var filter = ContainerOptions.Several("--filter", "NAME=VALUE", "name, id, status, label, ancestor, health, exited, network, volume or publish.", "-f");
        var format = ContainerOptions.One("--format", "table|json|TEMPLATE", "How it is shown.");
        var command = new Command("ps", "Lists the containers.") { all, quiet, whole, latest, last, filter, format };
        command.Aliases.Add("ls");
        command.SetAction(parsed =>
        {
            var filters = ContainerOptions.Values(parsed, filter).Select(ContainerFilter.Parse).ToList();
            var number = parsed.GetValue(latest) ? 1 : parsed.GetValue(last);
            var everything = parsed.GetValue(all) || number is not null || filters.Any(f => f.Name is "status" or "exited");
            var found = new ContainerStore(StoragePaths.From(terminal.Variable)).List()
                .Where(c => everything || c.Status.Status is "running" or "paused" or "restarting")
                .Where(c => filters.GroupBy(f => f.Name).All(g => g.Any(f => f.Matches(c))))
                .Take(number ?? int.MaxValue)
                .ToList();
            var wholeIds = parsed.GetValue(whole);
            var now = DateTimeOffset.UtcNow;
            var shape = parsed.GetValue(format) ?? "table";
            if (parsed.GetValue(quiet))
            {
                found.ForEach(c => terminal.Out.WriteLine(ContainerRow.Id(c, wholeIds)));
            }
            else if (shape == FormatOption.Json)
            {
                found.ForEach(c => terminal.Out.WriteLine(ContainerRow.Json(c, wholeIds, now).GetRawText()));
            }
            else if (FieldTemplate.Is(shape))
            {
                var template = shape.StartsWith("table ", StringComparison.Ordinal) ? shape["table ".Length..] : shape;
                found.ForEach(c => terminal.Out.WriteLine(Printable.Of(FieldTemplate.Fill(template, ContainerRow.Json(c, wholeIds, now)))));
            }
            else
            {
                var table = new TextTable("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
                foreach (var c in found)
                {
                    table.Add(
                        ContainerRow.Id(c, wholeIds),
                        c.Record.Image,
                        ContainerRow.Command(c, wholeIds),
                        ContainerTimes.Since(c.Record.Created, now) + " ago",
                        ContainerTimes.Status(c, now),
                        ContainerRow.Ports(c),
                        c.Name);
                }

                table.Write(terminal.Out, terminal.Style);
            }

            return 0;
        });
        return command;
    }
}
