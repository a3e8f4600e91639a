using Containerize.Oci.Runtime;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Commands;

/// <summary>`start`.</summary>
internal static class StartCommand
{
    /// <summary>Starts the user's program.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("start", invocation.Words, [], []);
        using var container = Container.Open(invocation.Root, options.Expect(1, 1, "the id of the container")[0], change: true);
        Start(container, invocation.Log);
        return 0;
    }

    /// <summary>Lets init go on: it waits until somebody reads the FIFO.</summary>
    public static void Start(Container container, RuntimeLog log)
    {
        var doing = $"starting container {container.Record.Id}";
        switch (container.Status(locked: true))
        {
            case "created":
                break;
            case "paused":
                throw Failure.Of(6008, doing, "cannot start a container in the paused state", $"Resume it first: containerize-runtime resume {container.Record.Id}");
            case "stopped":
                throw Failure.Of(6008, doing, "cannot start a container that has stopped", "Delete it, and create it again.");
            default:
                throw Failure.Of(6008, doing, "cannot start an already running container");
        }

        using var process = container.TryOpenProcess() ?? throw Failure.Of(6008, doing, "cannot start a container that has stopped");
        var (isAlive, failure) = (false, (string?)null);
        Failure.Step(doing, () =>
        {
            using var fifo = FileSystem.Open(container.State.Number, StateDirectory.StartFifo, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoFollow);
            (isAlive, failure) = StartChannel.Open(fifo.Number, process.Number, container.State.RemoveStartFifo);
        });
        if (failure is not null)
        {
            // As the specification says it (runtime.md, Lifecycle 7).
            container.Destroy(log);
            throw Failure.Of(6003, "unable to start container process", failure.TrimEnd('.'));
        }

        if (!isAlive)
        {
            throw Failure.Of(6008, doing, "container process is already dead");
        }

        RunPoststart(container, container.State.TryReadConfig()?.Hooks?.Poststart, log);
    }

    /// <summary>Runs the poststart hooks of a container that was started; one that fails ends it, as with runc.</summary>
    public static void RunPoststart(Container container, IReadOnlyList<HookSpec>? hooks, RuntimeLog log)
    {
        try
        {
            Hooks.Run("poststart", hooks, container.Describe("running"));
        }
        catch (ContainerizeException e)
        {
            container.Destroy(log);
            throw Failure.Of(6020, $"starting container {container.Record.Id}", e.Message.TrimEnd('.'));
        }
    }
}
