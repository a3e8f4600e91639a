using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>struct msghdr of sendmsg(2) and recvmsg(2) on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    /// <summary>The other side's address; 0: none.</summary>
    public nint Name;

    /// <summary>Its bytes.</summary>
    public uint NameLength;

    /// <summary>The pieces of the message: <see cref="IoVector"/>.</summary>
    public nint Vectors;

    /// <summary>How many.</summary>
    public nuint VectorCount;

    /// <summary>What goes beside it, such as descriptors; 0: nothing.</summary>
    public nint Control;

    /// <summary>Its bytes.</summary>
    public nuint ControlLength;

    /// <summary>What the kernel says of the message.</summary>
    public int Flags;
}

/// <summary>struct iovec: a piece of memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    /// <summary>Where it begins.</summary>
    public nint Base;

    /// <summary>Its bytes.</summary>
    public nuint Length;
}
