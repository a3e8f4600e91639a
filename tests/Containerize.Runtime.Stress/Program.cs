using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Stress;

/// <summary>Forks children as the runtime does, while other threads allocate and collect: `Stress COUNT BUSYBOX [user]`.</summary>
internal static unsafe class Program
{
    private const int Longest = 20_000;
    private const int Threads = 3;
    private static volatile bool _stop;

    private static int Main(string[] arguments)
    {
        var count = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var namespaces = CloneFlags.NewMount | CloneFlags.NewPid | CloneFlags.NewUts | CloneFlags.NewIpc | (arguments is [_, _, "user"] ? CloneFlags.NewUser : 0);
        var threads = new Thread[Threads];
        for (var i = 0; i < Threads; i++)
        {
            threads[i] = new Thread(Allocate);
            threads[i].Start(i);
        }

        var failures = 0;
        for (var i = 0; i < count && failures == 0; i++)
        {
            var code = (i % 3) switch
            {
                0 => RunInit(arguments[1], namespaces, joins: false),
                1 => RunInit(arguments[1], namespaces, joins: true),
                _ => RunProgram(arguments[1]),
            };
            if (code != 0)
            {
                failures++;
                Write($"child {i} ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "nothing: it hung"}\n");
            }
        }

        _stop = true;
        foreach (var thread in threads)
        {
            thread.Join();
        }

        Write($"{count} children, {failures} failures, collections: {(GC.CollectionCount(0) > count / 10 ? "enough" : "too few")}\n");
        return failures;
    }

    // What lives for a while, what does not, and whole collections.
    private static void Allocate(object? number)
    {
        var kept = new object?[256];
        for (var i = 0; !_stop; i++)
        {
            kept[i & 255] = new byte[(i * 37 & 4095) + 16];
            if ((i & 0x3FFF) == 0)
            {
                GC.Collect((int)number!);
                Thread.Sleep(1);
            }
        }
    }

    private static int? RunProgram(string path)
    {
        using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite);
        using var child = ChildProcess.Start(path, ["true"], ["A=1"], nothing.Number, nothing.Number);
        return child.Wait(Longest);
    }

    private static int? RunInit(string path, ulong namespaces, bool joins)
    {
        using var executable = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly);
        using var joined = FileSystem.Open(Descriptor.WorkingDirectory, "/proc/self/ns/ipc", OpenFlags.ReadOnly);
        using var words = new NativeStrings(["true"]);
        using var environment = new NativeStrings([]);
        var (ours, childs) = Sockets.Pair();
        using (ours)
        {
            var empty = (byte*)NativeMemory.AllocZeroed(1);
            var descriptor = joined.Number;
            var flag = CloneFlags.NewIpc;
            InitPlan plan = default;
            plan.Channel = childs.Number;
            plan.Executable = executable.Number;
            plan.EmptyPath = empty;
            plan.Arguments = words.Pointers;
            plan.Environment = environment.Pointers;
            var kept = stackalloc int[2] { Math.Min(childs.Number, executable.Number), Math.Max(childs.Number, executable.Number) };
            plan.FirstClosed = 3;
            plan.KeptCount = 2;
            plan.Kept = kept;
            plan.Waits = true;
            plan.Joins = joins;
            plan.UnshareUser = joins && (namespaces & CloneFlags.NewUser) != 0;
            // Who is not root may join what it is in already only with a right that it has not.
            plan.JoinCount = joins && !plan.UnshareUser ? 1 : 0;
            plan.JoinDescriptors = &descriptor;
            plan.JoinFlags = &flag;
            plan.CloneFlags = plan.UnshareUser ? namespaces & ~CloneFlags.NewUser : namespaces;
            var pidDescriptor = -1;
            CloneArguments clone = default;
            clone.Flags = CloneFlags.PidDescriptor;
            clone.PidDescriptor = (ulong)&pidDescriptor;
            Syscall.Check(RawChild.Fork(&plan, &clone), "clone3");
            childs.Dispose();
            using var first = new Descriptor(pidDescriptor);
            try
            {
                return joins ? AwaitSecond(ours, first, plan.UnshareUser) : Await(ours, first);
            }
            finally
            {
                NativeMemory.Free(empty);
            }
        }
    }

    private static int? AwaitSecond(Descriptor channel, Descriptor first, bool wantsMaps)
    {
        if (wantsMaps)
        {
            if (Receive(channel) is not (SyncKind.NeedsIdMaps, _))
            {
                return null;
            }

            Go(channel);
        }

        if (Receive(channel) is not (SyncKind.SecondChild, var pid))
        {
            return null;
        }

        using var second = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.PidfdOpen, pid, 0), "pidfd_open"));
        Waiting.ForChild(first.Number);
        return Await(channel, second);
    }

    private static int? Await(Descriptor channel, Descriptor process)
    {
        Go(channel);
        return Polling.Wait(process.Number, Longest) ? Waiting.ForChild(process.Number) : null;
    }

    private static void Go(Descriptor channel) => Syscall.Check(FileSystem.TryWrite(channel.Number, [0, 0, 0, 0, 0, 0, 0, 0]), "write");

    private static (SyncKind Kind, int Value) Receive(Descriptor channel)
    {
        var message = stackalloc int[5];
        return Polling.Wait(channel.Number, Longest) && Syscall.Try(SyscallNumber.Read, channel.Number, (nint)message, 20) >= 12
            ? ((SyncKind)message[0], message[2]) : default;
    }

    private static void Write(string text) => FileSystem.TryWrite(1, Encoding.UTF8.GetBytes(text));
}
