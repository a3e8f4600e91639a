using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>A program that we start and wait for: a hook, newuidmap. System.Diagnostics.Process would bring threads and a SIGCHLD handler.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int KillSignal = 9;

    private readonly Descriptor _process;

    private ChildProcess(int id, Descriptor process)
    {
        Id = id;
        _process = process;
    }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Its pidfd.</summary>
    public int Process => _process.Number;

    /// <summary>Starts a program.</summary>
    /// <param name="path">Its path; absolute.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="output">Where its output and errors go.</param>
    public static ChildProcess Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, int input, int output) =>
        Start(path, arguments, environment, (input, output, output), 0);

    /// <summary>As the other, of one that is killed when the calling thread ends: ours should be the process's first.</summary>
    public static ChildProcess StartBound(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, int input, int output) =>
        Start(path, arguments, environment, (input, output, output), KillSignal);

    /// <summary>Starts a program in our place: with our standard streams, in our session.</summary>
    public static ChildProcess StartInPlace(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        Start(path, arguments, environment, (0, 1, 2), 0, keepsSession: true);

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded() => Polling.Wait(_process.Number, 0);

    /// <summary>Waits until it ends.</summary>
    /// <param name="milliseconds">How long at most; -1: as long as it takes.</param>
    /// <returns>The exit code, 128 and the signal's number if one ended it; null when it has not ended, and then it is killed.</returns>
    public int? Wait(int milliseconds = -1)
    {
        if (milliseconds >= 0 && !Polling.Wait(_process.Number, milliseconds))
        {
            Syscall.Try(SyscallNumber.PidfdSendSignal, _process.Number, KillSignal, 0, 0);
            Waiting.ForChild(_process.Number);
            return null;
        }

        return Waiting.ForChild(_process.Number);
    }

    /// <summary>The exit code; null where it has not ended.</summary>
    public int? TryWait() => Waiting.TryForChild(_process.Number);

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => Syscall.Try(SyscallNumber.PidfdSendSignal, _process.Number, signal, 0, 0);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static unsafe ChildProcess Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        (int Input, int Output, int Error) standard,
        int deathSignal,
        bool keepsSession = false)
    {
        using var nativePath = new NativeStrings([path]);
        using var nativeArguments = new NativeStrings(arguments);
        using var nativeEnvironment = new NativeStrings(environment);
        // Above 2: the child puts them into 0 to 2 one after the other.
        using var inputCopy = DuplicateAbove(standard.Input);
        using var outputCopy = DuplicateAbove(standard.Output);
        using var errorCopy = DuplicateAbove(standard.Error);
        // SIG_DFL, no flags, no mask: a struct sigaction of zeros, and a signal set of none.
        var zeros = (byte*)NativeMemory.AllocZeroed(64);
        try
        {
            ProgramPlan plan = default;
            plan.Path = nativePath.Pointers[0];
            plan.Arguments = nativeArguments.Pointers;
            plan.Environment = nativeEnvironment.Pointers;
            plan.Standard[0] = inputCopy.Number;
            plan.Standard[1] = outputCopy.Number;
            plan.Standard[2] = errorCopy.Number;
            plan.KeepsSession = keepsSession;
            plan.DeathSignal = deathSignal;
            plan.DefaultAction = zeros;
            plan.EmptySignalSet = zeros;
            var id = (int)Syscall.Check(RawChild.Fork(&plan), "clone3", path);
            return new ChildProcess(id, new Descriptor(plan.PidDescriptor));
        }
        finally
        {
            NativeMemory.Free(zeros);
        }
    }

    private static Descriptor DuplicateAbove(int descriptor)
    {
        const int DuplicateCloseOnExec = 1030;
        return new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, descriptor, DuplicateCloseOnExec, 10), "fcntl"));
    }
}
