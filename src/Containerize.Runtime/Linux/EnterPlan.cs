using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>A program to execute in a user namespace, in memory that does not move.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EnterPlan
{
    /// <summary>The program's path.</summary>
    public byte* Path;

    /// <summary>The arguments, ended by null.</summary>
    public byte** Arguments;

    /// <summary>The environment, ended by null.</summary>
    public byte** Environment;

    /// <summary>A struct sigaction that is all zero: SIG_DFL.</summary>
    public byte* DefaultAction;

    /// <summary>The path "/".</summary>
    public byte* Root;

    /// <summary>The user namespace to join; -1: one is made.</summary>
    public int Joined;

    /// <summary>Where eight bytes come when the maps are written; for one that is made.</summary>
    public int Go;

    /// <summary>The end that is the parent's.</summary>
    public int ParentsGo;

    /// <summary>Set by clone3: the child's pidfd.</summary>
    public int PidDescriptor;
}
