using System.CommandLine;
using Containerize.Containers;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>rm</c>: containers that have ended, with all that they wrote.</summary>
internal static class RemoveContainersCommand
{
    private const int Kill = 9;

    internal static Command Create(Terminal terminal)
    {
        var names = ContainerCommands.Names();
        var force = ContainerOptions.Flag("--force", "Ends them first; what is not there is no error.", "-f");
        var volumes = ContainerOptions.Flag("--volumes", "And the volumes without a name that go with them.", "-v");
        var command = new Command("rm", "Removes containers.") { names, force, volumes };
        command.SetAction((parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            return ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
            {
                LocalContainer container;
                try
                {
                    container = engine.Containers.Resolve(name);
                }
                catch (ContainerizeException e) when (e.Number == 5030 && parsed.GetValue(force))
                {
                    return Task.FromResult<string?>(null);
                }

                Remove(engine, container, parsed.GetValue(force), parsed.GetValue(volumes));
                return Task.FromResult<string?>(name);
            });
        });
        return command;
    }

    /// <summary>Removes a container: what runs of it, what the runtime knows, and its directory.</summary>
    internal static void Remove(LocalEngine engine, LocalContainer container, bool force, bool volumes)
    {
        if (container.IsMonitored && container.Status.Status is "running" or "paused" or "restarting")
        {
            if (!force)
            {
                throw new ContainerizeException(5027, $"removing the container '{container.Name}'", $"it is {container.Status.Status}", "Stop it first, or add --force.");
            }

            StopCommand.Stop(container, Kill, 0);
        }
        else if (container.IsMonitored)
        {
            // Made, never started: its monitor waits for that.
            StopCommand.Stop(container, Kill, 0);
        }

        Forget(engine, container.Id);
        // The directory last, as it says which volumes go with it.
        if (volumes || container.Plan.AutoRemove)
        {
            // Some are gone where an earlier attempt was killed.
            foreach (var volume in (container.Plan.AnonymousVolumes ?? []).Select(v => Path.GetFileName(v)!).Where(engine.Volumes.Contains))
            {
                engine.Volumes.Remove(volume);
            }
        }

        engine.Containers.Remove(container);
    }

    /// <summary>Has the runtime forget a container, and end what is left of it after a monitor that was killed.</summary>
    internal static void Forget(LocalEngine engine, string id)
    {
        if (Directory.Exists(Path.Combine(engine.Runtime.StateRoot, id)))
        {
            new Launching(engine).Run("delete", "--force", id);
        }
    }
}
