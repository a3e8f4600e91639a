using System.CommandLine;
using System.Text;
using Containerize.Containers.Files;
using Containerize.Linux;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>diff</c>: what a container changed.</summary>
internal static class DiffCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var format = FormatOption.Create();
        var command = new Command("diff", "Lists what a container changed of its image's files: A is new, C changed, D gone.") { name, format };
        command.SetAction(parsed =>
        {
            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            var changes = Find(container.Plan.Root, $"comparing the container '{container.Name}' with its image");
            if (parsed.GetValue(format) == FormatOption.Json)
            {
                // As docker's API has it.
                JsonText.Write(terminal.Out, json =>
                {
                    json.WriteStartArray();
                    foreach (var change in changes)
                    {
                        json.WriteStartObject();
                        json.WriteString("Path", "/" + Encoding.UTF8.GetString(change.Path));
                        json.WriteNumber("Kind", (int)change.Kind);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                });
                return 0;
            }

            foreach (var change in changes)
            {
                terminal.Out.WriteLine($"{Letter(change.Kind)} /{Printable.Of(Encoding.UTF8.GetString(change.Path))}");
            }

            return 0;
        });
        return command;
    }

    private static IReadOnlyList<ContainerChange> Find(Containerize.Containers.RootPlan root, string doing)
    {
        try
        {
            return ContainerChanges.Find(root, marksEmptied: false, doing);
        }
        catch (SyscallException e)
        {
            throw new ContainerizeException(5052, doing, e.Message, "See 'dotnet containerize doctor'.", e);
        }
    }

    private static char Letter(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => 'A',
        ChangeKind.Deleted => 'D',
        _ => 'C',
    };
}
