using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>Signals: names, dispositions, the mask.</summary>
internal static unsafe class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Hands signals that we get on to a process.</summary>
    /// <param name="signals">Which.</param>
    /// <param name="process">Its pidfd.</param>
    /// <returns>What catches them, for as long as somebody refers to it.</returns>
    public static List<PosixSignalRegistration> Forward(int[] signals, int process)
    {
        var registrations = new List<PosixSignalRegistration>();
        foreach (var signal in signals)
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                Syscall.Try(SyscallNumber.PidfdSendSignal, process, NumberOf(context.Signal), 0, 0);
            }));
        }

        return registrations;
    }

    /// <summary>All dispositions to their defaults, and nothing blocked: .NET ignores SIGPIPE and catches others, and what is ignored stays so over execve.</summary>
    public static void Reset()
    {
        var zeros = stackalloc ulong[4];
        new Span<ulong>(zeros, 4).Clear();
        for (var signal = 1; signal <= SignalNames.Last; signal++)
        {
            Syscall.Try(SyscallNumber.RtSigaction, signal, (nint)zeros, 0, 8);
        }

        const int SetMask = 2;
        Syscall.Try(SyscallNumber.RtSigprocmask, SetMask, (nint)zeros, 0, 8);
    }

    // The number of a signal that .NET tells of.
    private static int NumberOf(PosixSignal signal) => (int)signal switch
    {
        > 0 and var number => number,
        -1 => 1,
        -2 => 2,
        -3 => 3,
        -4 => 15,
        -6 => 18,
        -8 => 21,
        -9 => 22,
        _ => Terminate,
    };
}
