using System.Globalization;
using System.Text;
using Containerize.Containers;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Monitoring;

namespace Containerize.Runtime.Commands;

/// <summary>`monitor`: starts a keeper in a session of its own, which is nobody's child, and is one. Of a container of its own it returns when that waits to be started; of a local one (`--directory`) at once.</summary>
internal static class MonitorCommand
{
    // The keeper's standard output and errors are its channel to whoever started it, until it is ready.
    private const int KeepersChannel = 1;

    private static readonly string[] Values = ["bundle,b", "log-file", "log-size", "exit-file", "pid-file", "ready-descriptor", "directory"];

    /// <summary>Starts the keeper, or is it.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("monitor", invocation.Words, [], Values);
        if (options.Value("directory") is { } directory)
        {
            options.Expect(0, 0, "nothing but options");
            using var ready = new Descriptor((int)(options.Number("ready-descriptor") ?? throw Options.Bad("monitor", "--ready-descriptor is required with --directory")));
            if (ready.Number == KeepersChannel)
            {
                return Keep(ready.Release(), answer => LocalMonitor.Run(invocation.Root, directory, () => answer(MonitorReadiness.Ready)));
            }

            // The tool reads what we and the keeper say there, and does not wait for it before it has to.
            Syscall.Try(SyscallNumber.Dup3, ready.Number, 2, 0);
            StartKeeper(invocation, ["--directory", directory], ready.Number);
            return 0;
        }

        var id = options.Expect(1, 1, "the id of the container")[0];
        var logFile = options.Value("log-file") ?? throw Options.Bad("monitor", "--log-file is required");
        return options.Number("ready-descriptor") is { } channel
            ? Keep((int)channel, answer => new ContainerMonitor(new ContainerMonitor.Wishes
            {
                Root = invocation.Root,
                Id = id,
                Bundle = options.Value("bundle") ?? ".",
                LogFile = logFile,
                LogSize = options.Number("log-size") ?? 0,
                ExitFile = options.Value("exit-file"),
                PidFile = options.Value("pid-file"),
            }).Run(pid => answer(pid.ToString(CultureInfo.InvariantCulture))))
            : AwaitKeeper(invocation, $"container {id}");
    }

    // Its first word is the container's process id, or what went wrong.
    private static int AwaitKeeper(Invocation invocation, string what)
    {
        var (ours, keepers) = Sockets.Pair();
        using (ours)
        {
            using (keepers)
            {
                StartKeeper(invocation, invocation.Words, keepers.Number);
            }

            var answer = Encoding.UTF8.GetString(FileSystem.ReadToEnd(ours.Number, 65536, "the monitor")).Trim();
            return !int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? throw Failure.Of(6016, $"creating {what} under a monitor", answer.Length == 0 ? "the monitor ended without a word" : answer.TrimEnd('.'))
                : Output.Write(answer + "\n");
        }
    }

    // We end soon, so that it is init's child: who is killed with all that came of him does not take along who cleans up.
    private static void StartKeeper(Invocation invocation, IEnumerable<string> words, int channel)
    {
        var self = FileSystem.ReadLink(Descriptor.WorkingDirectory, "/proc/self/exe");
        using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite);
        string[] arguments = ["containerize-runtime", "--root", invocation.Root, "monitor", "--ready-descriptor", $"{KeepersChannel}", .. words];
        ChildProcess.Start(self, arguments, OwnEnvironment.Variables(), nothing.Number, channel).Dispose();
    }

    private static int Keep(int channel, Action<Action<string>> run)
    {
        // Apart from 1 and 2, which are the container's soon.
        const int DuplicateCloseOnExec = 1030;
        using var answer = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, channel, DuplicateCloseOnExec, 3), "fcntl"));
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
        catch (Exception e)
        {
            // Whatever it is, there is no other place for it.
            Output.Write(Encoding.UTF8.GetBytes(e.Message.ReplaceLineEndings(" ")), answer.Number);
            return 1;
        }
    }
}
