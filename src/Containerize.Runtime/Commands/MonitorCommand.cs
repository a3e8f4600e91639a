using System.Globalization;
using System.Text;
using Containerize.Containers;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Monitoring;

namespace Containerize.Runtime.Commands;

/// <summary>`monitor`: creates a container under a keeper of its own, and returns when it waits to be started.</summary>
internal static class MonitorCommand
{
    private static readonly string[] Values = ["bundle,b", "log-file", "log-size", "exit-file", "pid-file", "ready-descriptor", "directory"];

    /// <summary>Starts the keeper in a session of its own and waits for its first word: the process id, or what went wrong.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("monitor", invocation.Words, [], Values);
        if (options.Value("directory") is { } directory)
        {
            // A local container's: the tool starts it, and does not wait for it before it has to.
            options.Expect(0, 0, "nothing but options");
            var ready = options.Number("ready-descriptor") ?? throw Options.Bad("monitor", "--ready-descriptor is required with --directory");
            Syscall.Try(SyscallNumber.Setsid);
            return Keep(new Descriptor((int)ready), answer => LocalMonitor.Run(invocation.Root, directory, () => answer(MonitorReadiness.Ready)));
        }

        var id = options.Expect(1, 1, "the id of the container")[0];
        var logFile = options.Value("log-file") ?? throw Options.Bad("monitor", "--log-file is required");
        return options.Number("ready-descriptor") is { } descriptor
            ? Keep(new Descriptor((int)descriptor), answer => new ContainerMonitor(new ContainerMonitor.Wishes
            {
                Root = invocation.Root,
                Id = id,
                Bundle = options.Value("bundle") ?? ".",
                LogFile = logFile,
                LogSize = options.Number("log-size") ?? 0,
                ExitFile = options.Value("exit-file"),
                PidFile = options.Value("pid-file"),
            }).Run(pid => answer(pid.ToString(CultureInfo.InvariantCulture))))
            : StartKeeper(invocation, $"container {id}");
    }

    private static int StartKeeper(Invocation invocation, string what)
    {
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
            return !int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? throw Failure.Of(6016, $"creating {what} under a monitor", answer.Length == 0 ? "the monitor ended without a word" : answer.TrimEnd('.'))
                : Output.Write(answer + "\n");
        }
    }

    private static int Keep(Descriptor channel, Action<Action<string>> run)
    {
        // Apart from 1 and 2, which are the container's soon.
        const int DuplicateCloseOnExec = 1030;
        using var answer = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, channel.Number, DuplicateCloseOnExec, 3), "fcntl"));
        if (channel.Number > 2)
        {
            channel.Dispose();
        }

        using (var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite))
        {
            for (var standard = 0; standard <= 2; standard++)
            {
                Syscall.Try(SyscallNumber.Dup3, nothing.Number, standard, 0);
            }
        }

        try
        {
            run(text =>
            {
                Output.Write(Encoding.ASCII.GetBytes(text), answer.Number);
                answer.Dispose();
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
