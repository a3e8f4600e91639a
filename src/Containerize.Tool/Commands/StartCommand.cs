using System.CommandLine;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>start</c> and <c>restart</c>.</summary>
internal static class StartCommand
{
    internal static Command Create(Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var attach = ContainerOptions.Flag("--attach", "Shows its output until it ends.", "-a");
        var interactive = ContainerOptions.Flag("--interactive", "Gives it the input too.", "-i");
        var keys = ContainerOptions.One("--detach-keys", "KEYS", "What leaves the terminal: ctrl-p,ctrl-q.");
        var command = new Command("start", "Starts containers that have ended or were only made.") { names, attach, interactive, keys };
        command.SetAction(async (parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            var launching = new Launching(engine);
            if (parsed.GetValue(attach) || parsed.GetValue(interactive))
            {
                var one = engine.Containers.Resolve(parsed.GetValue(names)!.Single());
                launching.Become(one.Paths, RunCommand.AttachWords(one.Record.Terminal, parsed.GetValue(interactive), parsed.GetValue(keys), null).Concat(["--start", "--called", $"the container '{one.Name}'"]));
            }

            return await ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name => Task.FromResult<string?>(Start(engine, launching, name)));
        });
        return command;
    }

    internal static Command CreateRestart(Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var time = StopCommand.Time();
        var command = new Command("restart", "Ends containers and starts them again.") { names, time };
        command.SetAction(async (parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            var launching = new Launching(engine);
            return await ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
            {
                var container = engine.Containers.Resolve(name);
                StopCommand.Stop(container, 0, parsed.GetValue(time));
                return Task.FromResult<string?>(Start(engine, launching, container.Id) is null ? null : name);
            });
        });
        return command;
    }

    private static string Start(LocalEngine engine, Launching launching, string name)
    {
        var container = engine.Containers.Resolve(name);
        if (container.IsRunning)
        {
            return name;
        }

        var (code, why) = launching.StartDetached(container.Paths);
        return code == 0 ? name : throw new ContainerizeException(5025, $"starting the container '{container.Name}'", why.TrimEnd('.'), "");
    }
}
