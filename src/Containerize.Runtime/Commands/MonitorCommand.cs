using System.Globalization;
using System.Text;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Monitoring;

namespace Containerize.Runtime.Commands;

/// <summary>`monitor`: creates a container under a keeper of its own, and returns when it waits to be started.</summary>
internal static class MonitorCommand
{
    private static readonly string[] Values = ["bundle,b", "log-file", "log-size", "exit-file", "pid-file", "ready-descriptor"];

    /// <summary>Starts the keeper in a session of its own and waits for its first word: the process id, or what went wrong.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("monitor", invocation.Words, [], Values);
        var id = options.Expect(1, 1, "the id of the container")[0];
        var logFile = options.Value("log-file") ?? throw Options.Bad("monitor", "--log-file is required");
        if (options.Number("ready-descriptor") is { } descriptor)
        {
            return Keep(invocation, options, id, logFile, new Descriptor((int)descriptor));
        }

        var self = FileSystem.ReadLink(Descriptor.WorkingDirectory, "/proc/self/exe");
        using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite);
        var (ours, keepers) = Sockets.Pair();
        using (ours)
        {
            List<string> arguments = ["containerize-runtime", "--root", invocation.Root, "monitor", "--ready-descriptor", "1", .. invocation.Words];
            // Its standard output is the channel to us until it is ready.
            using (keepers)
            using (ChildProcess.Start(self, arguments, OwnEnvironment.Variables(), nothing.Number, keepers.Number))
            {
            }

            var answer = Encoding.UTF8.GetString(FileSystem.ReadToEnd(ours.Number, 65536, "the monitor")).Trim();
            return int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? Output.Write(answer + "\n")
                : throw Failure.Of(6016, $"creating container {id} under a monitor", answer.Length == 0 ? "the monitor ended without a word" : answer.TrimEnd('.'));
        }
    }

    private static int Keep(Invocation invocation, Options options, string id, string logFile, Descriptor channel)
    {
        // Apart from 1 and 2, which are the container's soon.
        const int DuplicateCloseOnExec = 1030;
        using var answer = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, channel.Release(), DuplicateCloseOnExec, 3), "fcntl"));
        using (var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite))
        {
            Syscall.Try(SyscallNumber.Dup3, nothing.Number, 1, 0);
            Syscall.Try(SyscallNumber.Dup3, nothing.Number, 2, 0);
        }

        try
        {
            new ContainerMonitor(new ContainerMonitor.Wishes
            {
                Root = invocation.Root,
                Id = id,
                Bundle = options.Value("bundle") ?? ".",
                LogFile = logFile,
                LogSize = options.Number("log-size") ?? 0,
                ExitFile = options.Value("exit-file"),
                PidFile = options.Value("pid-file"),
            }).Run(pid =>
            {
                Output.Write(Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture)), answer.Number);
                Syscall.Try(SyscallNumber.Shutdown, answer.Number, 2);
            });
            return 0;
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException or ArgumentException)
        {
            Output.Write(Encoding.UTF8.GetBytes(e.Message.ReplaceLineEndings(" ")), answer.Number);
            return 1;
        }
    }
}
