using System.CommandLine;
using Containerize.Oci;
using Containerize.Tool.Commands;

namespace Containerize.Tool.Containers;

/// <summary>The commands of the local engine, whose words are docker's.</summary>
internal static class EngineCommands
{
    // Of the words after the options so many are the command's, and what follows is the container's.
    private static readonly Dictionary<string, int> OwnWords = new(StringComparer.Ordinal) { [RunCommand.Name] = 1, [RunCommand.CreateName] = 1, [ExecCommand.Name] = 1 };

    // What touches the files of containers or starts something: for a plain user, as root of his user namespace.
    private static readonly string[] Entered = [RunCommand.Name, RunCommand.CreateName, ExecCommand.Name, "start", "restart", "rm", "attach", "cp", "diff", "commit", "export", "prune", "stop", "volume", "network", "top"];

    private static readonly string[] Names = [.. Entered, "ps", "ls", "kill", "pause", "unpause", "wait", "logs", "stats", "port", "rename", "events"];

    /// <summary>Whether a command needs the rights of root in the user's namespace.</summary>
    internal static bool NeedsRoot(string command) => Entered.Contains(command);

    /// <summary>Whether a command changes nothing.</summary>
    internal static bool OnlyLooks(string command) => command is "logs" or "events" or "stats" or "top" or "ps" or "ls" or "wait" or "port" or "inspect" or "images";

    /// <summary>Begins meanwhile what a command needs later and has to wait for: who runs an image hashes its manifest, and the library that hashes is slow to load.</summary>
    internal static void PrepareFor(string command)
    {
        if (command == RunCommand.Name)
        {
            new Thread(Hash) { IsBackground = true }.Start();
        }
    }

    private static void Hash()
    {
        try
        {
            Digest.Of([]);
        }
        catch (Exception)
        {
            // Where there is no such library, who needs it is told.
        }
    }

    /// <summary>The exit code of a failure: of 'run' it is docker's for what is not the container's own, so that scripts can tell the two apart.</summary>
    internal static int FailureOf(IReadOnlyList<string> words, int code) =>
        words.Count > 0 && words[0] == RunCommand.Name && code is (Failure.Failed or Failure.Usage) ? Launching.Failed : code;

    /// <summary>Whether an argument is what a container is given, whatever it looks like.</summary>
    internal static bool IsContainers(Argument argument) => argument.Name is "ARGUMENTS" or "COMMAND" or "OPTIONS";

    /// <summary>The words as the parser takes them.</summary>
    internal static IReadOnlyList<string> Words(RootCommand root, IReadOnlyList<string> words)
    {
        if (words.Count == 0 || !Names.Contains(words[0]) || root.Subcommands.FirstOrDefault(c => c.Name == words[0] || c.Aliases.Contains(words[0])) is not { } command)
        {
            return words;
        }

        return [words[0], .. DockerWords.Normalise([.. words.Skip(1)], command, OwnWords.GetValueOrDefault(words[0], int.MaxValue / 2))];
    }
}
