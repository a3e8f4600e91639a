using System.CommandLine;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>volume</c>: named volumes.</summary>
internal static class VolumeCommand
{
    internal static Command Create(Terminal terminal) => new("volume", "Named volumes.")
    {
        Add(terminal), List(terminal), Remove(terminal), Inspect(terminal), Prune(terminal),
    };

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Description = "Its name; without it, one is made.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("create", "Makes a volume.") { name };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name) ?? ContainerName.MakeId();
            if (!ContainerName.IsValid(wanted))
            {
                throw new ContainerizeException(5020, $"reading the name {wanted}", "a name has letters, digits, '_', '.' and '-', and begins with a letter or digit", "Choose another.");
            }

            new LocalEngine(terminal).Volumes.Ensure(wanted);
            terminal.Out.WriteLine(wanted);
            return 0;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var quiet = ContainerOptions.Flag("--quiet", "Names only.", "-q");
        var command = new Command("ls", "Lists the volumes.") { quiet };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            var table = new TextTable("DRIVER", "VOLUME NAME");
            foreach (var volume in new LocalEngine(terminal).Volumes.List())
            {
                if (parsed.GetValue(quiet))
                {
                    terminal.Out.WriteLine(volume);
                }

                table.Add("local", volume);
            }

            if (!parsed.GetValue(quiet))
            {
                table.Write(terminal.Out, terminal.Style);
            }

            return 0;
        });
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "The volumes.", Arity = ArgumentArity.OneOrMore };
        var force = ContainerOptions.Flag("--force", "What is not there is no error.", "-f");
        var command = new Command("rm", "Removes volumes with all that is in them.") { names, force };
        command.SetAction((parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            return ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
            {
                if (engine.Containers.List().FirstOrDefault(c => c.Record.Mounts.Any(m => m.Name == name)) is { } user)
                {
                    throw new ContainerizeException(5036, $"removing the volume '{name}'", $"the container '{user.Name}' has it", "Remove that one first.");
                }

                if (!engine.Volumes.Contains(name) && parsed.GetValue(force))
                {
                    return Task.FromResult<string?>(null);
                }

                engine.Volumes.Remove(name);
                return Task.FromResult<string?>(name);
            });
        });
        return command;
    }

    private static Command Inspect(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "The volumes.", Arity = ArgumentArity.OneOrMore };
        var format = ContainerOptions.One("--format", "json|TEMPLATE", "How it is shown.", "-f");
        var command = new Command("inspect", "Shows volumes.") { names, format };
        command.SetAction((parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            return ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
            {
                if (!engine.Volumes.Contains(name))
                {
                    throw new ContainerizeException(5035, $"showing the volume '{name}'", "there is none of that name", "See 'dotnet containerize volume ls'.");
                }

                var json = Json(engine, name);
                var shape = parsed.GetValue(format);
                return Task.FromResult<string?>(shape is null or FormatOption.Json ? $"[{json.GetRawText()}]" : FieldTemplate.Fill(shape, json));
            });
        });
        return command;
    }

    private static Command Prune(Terminal terminal)
    {
        var force = ContainerOptions.Flag("--force", "Does not ask.", "-f");
        var all = ContainerOptions.Flag("--all", "Also those that have a name.", "-a");
        var command = new Command("prune", "Removes volumes without a name that no container has, with all that is in them.") { force, all };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(all);
            if (!Confirmation.IsGiven(parsed.GetValue(force), terminal, named ? "all volumes that no container has" : "all volumes without a name that no container has"))
            {
                return Failure.Failed;
            }

            PruneCommand.PruneVolumes(new LocalEngine(terminal), terminal, named);
            return 0;
        });
        return command;
    }

    private static JsonElement Json(LocalEngine engine, string name)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("Name", name);
            json.WriteString("Driver", "local");
            json.WriteString("Mountpoint", engine.Volumes.PathOf(name));
            json.WriteString("Scope", "local");
            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }
}
