using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>`run`: create, start, and wait.</summary>
internal static class RunCommand
{
    /// <summary>Runs a container; the exit code is its own.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("run", invocation.Words, [.. CreateCommand.Flags, "detach,d", "keep", "no-subreaper"], CreateCommand.Values);
        var id = options.Expect(1, 1, "the id of the container")[0];
        var bundle = CreateCommand.ReadBundle(options);
        if (bundle.Spec.Find("pid") is { Path.Length: > 0 })
        {
            SealedExecutable.Become();
        }

        using var console = ConsoleEnds.Make(options, bundle.Spec.Process!.Terminal, options.Has("detach"));
        Descriptor? master = null;
        var wishes = CreateCommand.Wishes(options, console?.Childs ?? -1) with
        {
            Log = invocation.Log,
            BeforeStart = () =>
            {
                master = console?.Master();
                if (master is not null)
                {
                    // The program may ask for the size at once.
                    Foreground.Resize(master);
                }
            },
        };
        using var host = Creation.Make(invocation.Root, id, bundle, wishes);
        try
        {
            host.AwaitExec();
            if (bundle.Spec.Hooks?.Poststart is { Count: > 0 } hooks)
            {
                using var container = Container.Open(invocation.Root, id, change: true);
                StartCommand.RunPoststart(container, hooks, invocation.Log);
            }
        }
        catch
        {
            host.Abandon();
            Remove(invocation, id);
            throw;
        }

        if (options.Has("detach"))
        {
            return 0;
        }

        var code = Foreground.Wait(host.Process, master);
        if (!options.Has("keep"))
        {
            Remove(invocation, id);
        }

        return code;
    }

    private static void Remove(Invocation invocation, string id)
    {
        try
        {
            using var container = Container.Open(invocation.Root, id, change: true);
            container.Destroy(invocation.Log);
        }
        catch (ContainerizeException e) when (e.Number == 6001)
        {
            // Somebody else was faster.
        }
    }
}
