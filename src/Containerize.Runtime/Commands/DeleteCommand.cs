namespace Containerize.Runtime.Commands;

/// <summary>`delete`.</summary>
internal static class DeleteCommand
{
    /// <summary>Removes a container that has stopped, or was never started; any, with --force.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("delete", invocation.Words, ["force,f"], []);
        var id = options.Expect(1, 1, "the id of the container")[0];
        var force = options.Has("force");
        try
        {
            using var container = force ? Container.OpenRemains(invocation.Root, id, change: true) : Container.Open(invocation.Root, id, change: true);
            var status = container.Status(locked: true);
            if (!force && status is not ("stopped" or "created"))
            {
                throw Failure.Of(6008, $"deleting container {id}", $"cannot delete container {id} that is not stopped: {status}", $"End it (containerize-runtime kill {id} KILL), or add --force.");
            }

            container.Destroy(invocation.Log);
        }
        catch (ContainerizeException e) when (force && e.Number == 6001)
        {
            // It is gone, as was wanted.
        }

        return 0;
    }
}
