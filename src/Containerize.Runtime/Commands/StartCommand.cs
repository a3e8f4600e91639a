using Containerize.Runtime.Linux;
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
        Failure.Step(doing, () =>
        {
            using var fifo = FileSystem.Open(container.State.Number, StateDirectory.StartFifo, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoFollow);
            ReadByte(fifo.Number, process.Number, doing);
        });
        container.State.RemoveStartFifo();
        try
        {
            Hooks.Run("poststart", container.State.TryReadConfig()?.Hooks?.Poststart, container.Describe("running"));
        }
        catch (ContainerizeException e)
        {
            // As runc: a container whose poststart hook fails is ended.
            container.Destroy(log);
            throw Failure.Of(6020, doing, e.Message.TrimEnd('.'));
        }
    }

    // Init opens the FIFO when it gets there, and may die before.
    private static unsafe void ReadByte(int fifo, int process, string doing)
    {
        const int Step = 20;
        var value = (byte)0;
        while (true)
        {
            Polling.Wait(fifo, Step);
            if (Syscall.Try(SyscallNumber.Read, fifo, (nint)(&value), 1) == 1)
            {
                return;
            }

            if (Polling.Wait(process, 0))
            {
                throw Failure.Of(6008, doing, "container process is already dead");
            }

            // A FIFO that nobody has open for writing is at its end at once.
            Cgroups.Pause.For(1);
        }
    }
}
