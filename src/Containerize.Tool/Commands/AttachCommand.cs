using System.CommandLine;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>attach</c>: in front of a container that runs.</summary>
internal static class AttachCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var keys = ContainerOptions.One("--detach-keys", "KEYS", "What leaves the terminal: ctrl-p,ctrl-q.");
        var noInput = ContainerOptions.Flag("--no-stdin", "Output only.");
        var proxy = new Option<bool?>("--sig-proxy") { Description = "Whether signals are passed on.", HelpName = "true|false" };
        var command = new Command("attach", "Shows a running container's output and gives it the input.") { name, keys, noInput, proxy };
        command.SetAction(parsed =>
        {
            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            ContainerCommands.Connect(container, "attaching to").Dispose();
            new Launching(engine).Attach(
                container.Paths, RunCommand.AttachWords(container.Record.Terminal, !parsed.GetValue(noInput) && container.Plan.OpenInput, parsed.GetValue(keys), parsed.GetValue(proxy)));
            return Launching.Failed;
        });
        return command;
    }
}
