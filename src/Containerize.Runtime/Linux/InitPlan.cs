using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>All that the child between clone and exec needs, in memory that does not move, made before the clone.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InitPlan
{
    /// <summary>The child's end of the channel to the parent; stays open over exec.</summary>
    public int Channel;

    /// <summary>The parent's end, which the child has too until it closes it.</summary>
    public int ParentChannel;

    /// <summary>The sealed copy of ourselves to execute.</summary>
    public int Executable;

    /// <summary>A string of no characters, for execveat's AT_EMPTY_PATH.</summary>
    public byte* EmptyPath;

    /// <summary>The arguments, ended by null.</summary>
    public byte** Arguments;

    /// <summary>The environment: empty but for the null, as DOTNET_ and LD_ variables would be read.</summary>
    public byte** Environment;

    /// <summary>The first descriptor that is closed, and the descriptors above it that are not, in ascending order.</summary>
    public int FirstClosed;

    /// <summary>Their number.</summary>
    public int KeptCount;

    /// <summary>Those that are kept.</summary>
    public int* Kept;

    /// <summary>Whether a first child joins namespaces, and makes the second.</summary>
    public bool Joins;

    /// <summary>The number of namespaces to join, in this order.</summary>
    public int JoinCount;

    /// <summary>Their descriptors: namespace files, or the pidfd of a process in them.</summary>
    public int* JoinDescriptors;

    /// <summary>Their kinds, as setns takes them.</summary>
    public ulong* JoinFlags;

    /// <summary>What the first child unshares before the second is made: NEWUSER, whose maps the parent writes.</summary>
    public bool UnshareUser;

    /// <summary>And a time namespace, whose offsets the parent writes; the second child is in it.</summary>
    public bool UnshareTime;

    /// <summary>The namespaces with which the (second) child is made.</summary>
    public ulong CloneFlags;

    /// <summary>Whether it waits for the parent before it executes: for its id maps, or for what a plain user cannot do to it later.</summary>
    public bool Waits;

    /// <summary>Whether it becomes user and group 0 of its user namespace.</summary>
    public bool BecomeRoot;
}
