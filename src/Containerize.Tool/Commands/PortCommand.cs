using System.CommandLine;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>port</c> and <c>rename</c>.</summary>
internal static class PortCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var port = new Argument<string?>("PORT") { Description = "Only this port of the container: 80, 53/udp.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("port", "Shows which ports of the host lead into a container.") { name, port };
        command.SetAction(parsed =>
        {
            var container = new ContainerStore(StoragePaths.From(terminal.Variable)).Resolve(parsed.GetValue(name)!);
            var wanted = parsed.GetValue(port);
            var ports = (container.Status.Ports ?? []).Where(p => wanted is null || $"{p.ContainerPort}/{p.Protocol}" == (wanted.Contains('/', StringComparison.Ordinal) ? wanted : wanted + "/tcp")).ToList();
            if (wanted is not null && ports.Count == 0)
            {
                throw new ContainerizeException(5029, $"finding port {wanted} of the container '{container.Name}'", container.IsRunning ? "it is not published" : "it is not running", "Publish it when the container is made: -p.");
            }

            foreach (var one in ports)
            {
                var text = ContainerRow.Port(one);
                var arrow = text.IndexOf("->", StringComparison.Ordinal);
                terminal.Out.WriteLine(wanted is null ? $"{text[(arrow + 2)..]} -> {text[..arrow]}" : text[..arrow]);
            }

            return 0;
        });
        return command;
    }

    internal static Command CreateRename(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var target = new Argument<string>("NAME") { Description = "The new name." };
        var command = new Command("rename", "Gives a container another name.") { name, target };
        command.SetAction(async (parsed, token) =>
        {
            var store = new ContainerStore(StoragePaths.From(terminal.Variable));
            var wanted = parsed.GetValue(target)!;
            if (!ContainerName.IsValid(wanted))
            {
                throw new ContainerizeException(5020, $"reading the name {wanted}", "a name has letters, digits, '_', '.' and '-', and begins with a letter or digit", "Choose another.");
            }

            await store.RenameAsync(store.Resolve(parsed.GetValue(name)!), wanted, token);
            return 0;
        });
        return command;
    }
}
