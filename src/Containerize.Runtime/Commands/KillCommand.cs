using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>`kill`.</summary>
internal static class KillCommand
{
    /// <summary>Sends a signal.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("kill", invocation.Words, ["all,a"], []);
        var words = options.Expect(1, 2, "the id of the container, and a signal");
        var signal = words.Count < 2 ? Signals.Terminate : SignalNames.Parse(words[1]) ?? throw Options.Bad("kill", $"unknown signal \"{words[1]}\"");
        using var container = Container.Open(invocation.Root, words[0], change: false);
        container.Signal(signal, options.Has("all"));
        return 0;
    }
}
