using System.Globalization;
using System.Runtime.InteropServices;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Commands;

/// <summary>`enter`: executes a program as root of the user namespace in which a plain user's containers are: that of a monitor that lives, or a new one.</summary>
/// <remarks>
/// It must be one for all, as whoever is root of one has no rights in another: containers of one network, `exec`, `cp` would not do. Nobody has to keep it:
/// as long as somebody is in it he is found, by the list of those who entered or by his monitor, and when nobody is any other will do, as the maps are the same.
/// </remarks>
internal static unsafe class EnterCommand
{
    private const int MostStatusBytes = 4 << 20;

    // Those of a terminal come to the program as well as to us.
    private static readonly int[] Forwarded = [1, 10, 12, 15];

    /// <summary>Runs the program; the exit code is its own.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("enter", invocation.Words, [], ["containers"]);
        var words = options.Expect(1, int.MaxValue, "a program and its arguments");
        if (words[0] == "--")
        {
            words = [.. words.Skip(1)];
        }

        var containers = options.Value("containers") ?? throw Options.Bad("enter", "--containers is required");
        List<string> environment = ["CONTAINERIZE_ENTERED=1", .. OwnEnvironment.Variables().Where(v => !v.StartsWith("CONTAINERIZE_ENTERED=", StringComparison.Ordinal))];
        if (Syscall.Try(SyscallNumber.Geteuid) == 0)
        {
            Become(words, environment);
        }

        Descriptor process;
        // Of two who begin at once, one makes it and the other finds it.
        using (var entered = EnteredProcesses.Open(containers))
        {
            using var joined = entered.FindNamespace() ?? FindNamespace(containers);
            process = Start(words, environment, joined, out var pid);
            entered.Add(pid);
        }

        using (process)
        {
            var registrations = Signals.Forward(Forwarded, process.Number);
            Polling.Wait(process.Number, -1);
            var code = Waiting.ForChild(process.Number);
            GC.KeepAlive(registrations);
            return code;
        }
    }

    private static Descriptor Start(IReadOnlyList<string> words, IReadOnlyList<string> environment, Descriptor? joined, out int pid)
    {
        using var path = new NativeText(words[0]);
        using var arguments = new NativeStrings(words);
        using var variables = new NativeStrings(environment);
        using var root = new NativeText("/");
        var zeros = (byte*)NativeMemory.AllocZeroed(64);
        var (ours, childs) = Sockets.Pair();
        try
        {
            EnterPlan plan = default;
            plan.Path = (byte*)path.Address;
            plan.Arguments = arguments.Pointers;
            plan.Environment = variables.Pointers;
            plan.DefaultAction = zeros;
            plan.Root = (byte*)root.Address;
            plan.Joined = joined?.Number ?? -1;
            plan.Go = childs.Number;
            plan.ParentsGo = ours.Number;
            pid = (int)Syscall.Check(RawChild.Fork(&plan), "clone3", "with a user namespace: see 'dotnet containerize doctor'");
            var process = new Descriptor(plan.PidDescriptor);
            if (joined is null)
            {
                try
                {
                    UserNamespace.WriteMaps(pid, SubordinateIds.Maps());
                    ulong go = 1;
                    FileSystem.TryWrite(ours.Number, new ReadOnlySpan<byte>(&go, 8));
                }
                catch
                {
                    Syscall.Try(SyscallNumber.PidfdSendSignal, process.Number, Signals.Kill, 0, 0);
                    Waiting.ForChild(process.Number);
                    process.Dispose();
                    throw;
                }
            }

            return process;
        }
        finally
        {
            ours.Dispose();
            childs.Dispose();
            NativeMemory.Free(zeros);
        }
    }

    // That of the first monitor that lives; they all have the same.
    private static Descriptor? FindNamespace(string containers)
    {
        if (!Directory.Exists(containers))
        {
            return null;
        }

        foreach (var directory in Directory.EnumerateDirectories(containers))
        {
            var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, Path.Combine(directory, "state.json"), OpenFlags.ReadOnly);
            if (opened < 0)
            {
                continue;
            }

            using var file = new Descriptor((int)opened);
            var status = RuntimeDocuments.ReadContainerStatus(FileSystem.ReadToEnd(file.Number, MostStatusBytes, "state.json"));
            if (status.MonitorPid <= 0 || !IsHeld(Path.Combine(directory, "monitor.lock")))
            {
                continue;
            }

            var space = FileSystem.TryOpen(Descriptor.WorkingDirectory, $"/proc/{status.MonitorPid.ToString(CultureInfo.InvariantCulture)}/ns/user", OpenFlags.ReadOnly);
            if (space >= 0)
            {
                return new Descriptor((int)space);
            }
        }

        return null;
    }

    private static bool IsHeld(string path)
    {
        const int SharedNow = 1 | 4;
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly);
        if (opened < 0)
        {
            return false;
        }

        using var file = new Descriptor((int)opened);
        return Syscall.Try(SyscallNumber.Flock, file.Number, SharedNow) < 0;
    }

    private static void Become(IReadOnlyList<string> words, List<string> environment)
    {
        using var path = new NativeText(words[0]);
        using var arguments = new NativeStrings(words);
        using var variables = new NativeStrings(environment);
        Syscall.Check(Syscall.Try(SyscallNumber.Execve, path.Address, (nint)arguments.Pointers, (nint)variables.Pointers), "execve", words[0]);
    }
}
