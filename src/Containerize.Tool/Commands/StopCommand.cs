using System.CommandLine;
using Containerize.Containers;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>stop</c>, <c>kill</c>, <c>pause</c>, <c>unpause</c> and <c>wait</c>: what is asked of a container that runs.</summary>
internal static class StopCommand
{
    // Of the message: what the container's plan says.
    private const int Planned = -2;

    internal static Command Create(Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var time = Time();
        var signal = ContainerOptions.One("--signal", "SIGNAL", "What asks it to end.", "-s");
        var command = new Command("stop", "Ends containers: asks, and after a while does not ask.") { names, time, signal };
        command.SetAction((parsed, token) =>
        {
            var store = new ContainerStore(Storage.StoragePaths.From(terminal.Variable));
            var number = parsed.GetValue(signal) is { } text ? ContainerOptions.Signal("--signal", text) : 0;
            return ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
            {
                Stop(store.Resolve(name), number, parsed.GetValue(time));
                return Task.FromResult<string?>(name);
            });
        });
        return command;
    }

    internal static Command CreateKill(Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var signal = ContainerOptions.One("--signal", "SIGNAL", "The signal; KILL.", "-s");
        var command = new Command("kill", "Sends a signal to containers.") { names, signal };
        command.SetAction((parsed, token) =>
        {
            var store = new ContainerStore(Storage.StoragePaths.From(terminal.Variable));
            var number = ContainerOptions.Signal("--signal", parsed.GetValue(signal) ?? "KILL");
            return ForEach(parsed.GetValue(names)!, store, terminal, c => ContainerCommands.Ask(c, "sending a signal to", ControlMessage.Signal, number));
        });
        return command;
    }

    internal static Command CreatePause(Terminal terminal) => Simple("pause", "Stops all processes of containers where they are.", "pausing", ControlMessage.Pause, terminal);

    internal static Command CreateUnpause(Terminal terminal) => Simple("unpause", "Lets them run on.", "unpausing", ControlMessage.Unpause, terminal);

    internal static Command CreateWait(Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var command = new Command("wait", "Waits until containers have ended, and prints their exit codes.") { names };
        command.SetAction((parsed, token) =>
        {
            var store = new ContainerStore(Storage.StoragePaths.From(terminal.Variable));
            return ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name => Task.FromResult<string?>(
                Wait(store, store.Resolve(name)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        });
        return command;
    }

    internal static Option<int?> Time() => new("--time", "-t", "--timeout") { Description = "How long it has to end, in seconds; -1: for ever.", HelpName = "SECONDS" };

    /// <summary>Ends a container; nothing where it has ended.</summary>
    internal static void Stop(LocalContainer container, int signal, int? seconds)
    {
        if (!container.IsMonitored || MonitorClient.TryConnect(container.Paths) is not { } monitor)
        {
            return;
        }

        using (monitor)
        {
            monitor.Send(ControlMessage.Stop, signal, seconds ?? Planned);
            if (monitor.ReceiveOnly(ControlMessage.Exited, ControlMessage.Failed) is { Kind: ControlMessage.Failed } failed)
            {
                throw new ContainerizeException(5026, $"stopping the container '{container.Name}'", failed.Text.TrimEnd('.'), "");
            }
        }

        AwaitMonitor(container);
    }

    /// <summary>Waits, for a moment, until a monitor that has said its last word is gone.</summary>
    internal static void AwaitMonitor(LocalContainer container)
    {
        for (var i = 0; i < 200 && File.Exists(container.Paths.MonitorLock); i++)
        {
            using (var held = Storage.FileLock.TryAcquire(container.Paths.MonitorLock, shared: true))
            {
                if (held is not null)
                {
                    return;
                }
            }

            Thread.Sleep(10);
        }
    }

    private static int Wait(ContainerStore store, LocalContainer container)
    {
        if (container.IsMonitored && MonitorClient.TryConnect(container.Paths) is { } monitor)
        {
            using (monitor)
            {
                monitor.Send(ControlMessage.Wait);
                if (monitor.ReceiveOnly(ControlMessage.Exited) is { } answer)
                {
                    return answer.Number;
                }
            }
        }

        return (store.TryRead(container.Id) ?? container).Status.ExitCode;
    }

    private static Command Simple(string name, string description, string doing, ControlMessage message, Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var command = new Command(name, description) { names };
        command.SetAction((parsed, token) => ForEach(
            parsed.GetValue(names)!, new ContainerStore(Storage.StoragePaths.From(terminal.Variable)), terminal, c => ContainerCommands.Ask(c, doing, message)));
        return command;
    }

    private static Task<int> ForEach(string[] names, ContainerStore store, Terminal terminal, Action<LocalContainer> act) =>
        ContainerCommands.ForEachAsync(names, terminal, name =>
        {
            act(store.Resolve(name));
            return Task.FromResult<string?>(name);
        });
}
