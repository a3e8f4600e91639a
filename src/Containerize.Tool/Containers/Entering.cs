using Containerize.Containers;
using Containerize.Linux;
using Containerize.Storage;

namespace Containerize.Tool.Containers;

/// <summary>Takes a plain user's tool into the user namespace in which his containers live: there he is root, and the files' other owners are his.</summary>
internal static class Entering
{
    /// <summary>The variable that says so.</summary>
    internal const string Mark = "CONTAINERIZE_ENTERED";


    /// <summary>Does so where it is needed: the process begins again there, with the same words.</summary>
    internal static void IfPlainUser(Terminal terminal)
    {
        if (!OperatingSystem.IsLinux() || MachineFacts.IsRoot || terminal.Variable(Mark) is not null)
        {
            return;
        }

        var runtime = RuntimeProgram.Find(terminal);
        var paths = StoragePaths.From(terminal.Variable);
        var containers = new ContainerStore(paths).Directory;
        Directory.CreateDirectory(containers);
        // As root there we would look for ours elsewhere.
        var runtimeDirectory = Path.GetDirectoryName(paths.Runtime)!;
        ProgramImage.Replace(
            runtime.Path,
            ["containerize-runtime", "enter", "--containers", containers, "--", .. Self(), .. Environment.GetCommandLineArgs().Skip(1)],
            new Dictionary<string, string> { [Mark] = "1", ["XDG_RUNTIME_DIR"] = terminal.Variable("XDG_RUNTIME_DIR") ?? runtimeDirectory });
    }

    // Compiled ahead of time, or with a host of its own, we are one file; else dotnet runs an assembly.
    private static IEnumerable<string> Self()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Environment.GetCommandLineArgs()[0]] : [process];
    }
}
