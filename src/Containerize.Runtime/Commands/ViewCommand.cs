using System.Globalization;
using Containerize.Runtime.Monitoring;

namespace Containerize.Runtime.Commands;

/// <summary>`view`: holds a local container's files open, for 'dotnet containerize cp' and 'export'; prints the number of their root's descriptor, and ends with its input.</summary>
/// <remarks>The tool itself has many threads, and a mount namespace is one thread's: it reaches the files through /proc/PID/fd of this process.</remarks>
internal static class ViewCommand
{
    /// <summary>Holds them until the end of the input.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("view", invocation.Words, ["mounts", "write"], ["directory"]);
        options.Expect(0, 0, "nothing but options");
        var directory = options.Value("directory") ?? throw Options.Bad("view", "--directory is required");
        // Ctrl-C is for the tool, which has to end first.
        Syscall.Try(SyscallNumber.Setsid);
        Failure.Step("opening the root filesystem", () =>
        {
            using var view = RootView.Open(directory, options.Has("mounts"), options.Has("write"));
            Output.Write(view.Root.Number.ToString(CultureInfo.InvariantCulture) + "\n");
            FileSystem.ReadToEnd(0, 1, "standard input");
        });
        return 0;
    }
}
