using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Hooks: programs of the configuration that are told the container's state on their input (config.md, POSIX-platform Hooks).</summary>
internal static class Hooks
{
    /// <summary>Whether `start` has to wait for the user's program: until it knows of its own hooks' outcome, or may run the next.</summary>
    public static bool DelayStart(HooksSpec? hooks) => hooks is { StartContainer.Count: > 0 } or { Poststart.Count: > 0 };

    /// <summary>Runs hooks one after the other; CTZ6020 at the first that fails.</summary>
    /// <param name="kind">Which kind, for the error.</param>
    /// <param name="hooks">The hooks.</param>
    /// <param name="state">What they are told.</param>
    public static void Run(string kind, IReadOnlyList<HookSpec>? hooks, ContainerState state) => Run(kind, hooks, state, warnings: null);

    /// <summary>Runs the poststop hooks of a container that has gone: one that fails is warned of, and the next runs (runtime.md, Lifecycle 13).</summary>
    /// <param name="hooks">The hooks.</param>
    /// <param name="state">What they are told.</param>
    /// <param name="log">Where is warned.</param>
    public static void RunPoststop(IReadOnlyList<HookSpec>? hooks, ContainerState state, RuntimeLog log) => Run("poststop", hooks, state, log);

    private static void Run(string kind, IReadOnlyList<HookSpec>? hooks, ContainerState state, RuntimeLog? warnings)
    {
        if (hooks is null || hooks.Count == 0)
        {
            return;
        }

        var json = RuntimeDocuments.Write(state);
        for (var i = 0; i < hooks.Count; i++)
        {
            try
            {
                Run($"{kind} #{i}", hooks[i], json);
            }
            catch (ContainerizeException e) when (warnings is not null)
            {
                warnings.Warning(e.Message);
            }
        }
    }

    private static void Run(string name, HookSpec hook, byte[] state)
    {
        var path = hook.Path ?? "";
        var doing = $"error running hook {name}, {path}";
        if (!path.StartsWith('/'))
        {
            throw Failure.Of(6020, doing, "its path is not absolute");
        }

        if (hook.Timeout is <= 0)
        {
            throw Failure.Of(6020, doing, $"its timeout of {hook.Timeout} s is not above zero");
        }

        using var input = MemoryFile.With("state", state);
        using var output = MemoryFile.Create("output");
        int? code = null;
        Failure.Step(doing, () =>
        {
            // Without an environment of its own it has ours, as with runc and crun; init has none.
            using var child = ChildProcess.Start(path, hook.Args is { Count: > 0 } ? hook.Args : [path], hook.Env ?? OwnEnvironment.Variables(), input.Number, output.Number);
            code = child.Wait(hook.Timeout is { } seconds ? (int)Math.Min(seconds * 1000L, int.MaxValue) : -1);
        });
        if (code is null)
        {
            throw Failure.Of(6020, doing, $"hook ran past specified timeout of {hook.Timeout}s");
        }

        if (code != 0)
        {
            var said = MemoryFile.Text(output);
            var ended = code > 128 && SignalNames.Describe(code.Value - 128) is { } signal ? $"signal: {signal}" : $"exit status {code}";
            throw Failure.Of(6020, doing, said.Length == 0 ? ended : $"{ended}, output: {said}");
        }
    }
}
