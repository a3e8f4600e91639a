using System.CommandLine;
using Containerize.Containers;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary>What commands on containers have in common: several names, each done by itself, and the exit code of all.</summary>
internal static class ContainerCommands
{
    internal static Argument<string[]> Names(string description = "Names or ids.") => new("CONTAINER") { Description = description, Arity = ArgumentArity.OneOrMore };

    internal static Argument<string> Name(string description = "A name or an id.") => new("CONTAINER") { Description = description };

    /// <summary>Does something to each, prints its name when it is done, and goes on after a failure; the exit code.</summary>
    internal static async Task<int> ForEachAsync(IEnumerable<string> names, Terminal terminal, Func<string, Task<string?>> act)
    {
        var code = 0;
        foreach (var name in names)
        {
            try
            {
                if (await act(name) is { } line)
                {
                    terminal.Out.WriteLine(line);
                }
            }
            catch (ContainerizeException e)
            {
                Failure.Write(terminal, e.Code, e.Message);
                code = Failure.Failed;
            }
        }

        return code;
    }

    /// <summary>A conversation with a container that runs; CTZ5023 where it does not.</summary>
    internal static MonitorClient Connect(LocalContainer container, string doing) =>
        container.IsMonitored && MonitorClient.TryConnect(container.Paths) is { } monitor
            ? monitor
            : throw new ContainerizeException(5023, $"{doing} the container '{container.Name}'", $"it is not running ({container.Status.Status})", "Start it: 'dotnet containerize start'.");

    /// <summary>Asks for something, and waits until it is done; CTZ5026 where it could not be.</summary>
    internal static void Ask(LocalContainer container, string doing, ControlMessage message, params ReadOnlySpan<int> numbers)
    {
        using var monitor = Connect(container, doing);
        monitor.Send(message, numbers);
        if (monitor.ReceiveOnly(ControlMessage.Done, ControlMessage.Failed, ControlMessage.Exited) is { Kind: ControlMessage.Failed } failed)
        {
            throw new ContainerizeException(5026, $"{doing} the container '{container.Name}'", failed.Text.TrimEnd('.'), "");
        }
    }
}
