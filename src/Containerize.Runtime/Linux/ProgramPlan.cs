using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>A program to execute in a forked child, in memory that does not move.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgramPlan
{
    /// <summary>The program's path.</summary>
    public byte* Path;

    /// <summary>The arguments, ended by null.</summary>
    public byte** Arguments;

    /// <summary>The environment, ended by null.</summary>
    public byte** Environment;

    /// <summary>What becomes standard input, output and error; each above 2.</summary>
    public fixed int Standard[3];

    /// <summary>Whether it stays in our session, with its terminal.</summary>
    public bool KeepsSession;

    /// <summary>A struct sigaction that is all zero: SIG_DFL.</summary>
    public byte* DefaultAction;

    /// <summary>Eight zero bytes: no signal is blocked.</summary>
    public byte* EmptySignalSet;

    /// <summary>The signal that ends it when the thread ends that forked it; 0: none.</summary>
    public int DeathSignal;

    /// <summary>Set by clone3: the child's pidfd.</summary>
    public int PidDescriptor;
}
