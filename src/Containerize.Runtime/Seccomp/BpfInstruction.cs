using System.Runtime.InteropServices;

namespace Containerize.Runtime.Seccomp;

/// <summary>One instruction of classic BPF (linux/filter.h, struct sock_filter).</summary>
/// <param name="Code">What it does.</param>
/// <param name="IfTrue">How many instructions a jump passes over where its condition holds.</param>
/// <param name="IfFalse">How many where it does not.</param>
/// <param name="Value">The constant, or the offset of what is loaded.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value)
{
    /// <summary>BPF_LD | BPF_W | BPF_ABS.</summary>
    public const ushort Load = 0x20;

    /// <summary>BPF_ALU | BPF_AND | BPF_K.</summary>
    public const ushort And = 0x54;

    /// <summary>BPF_JMP | BPF_JA: passes over <see cref="Value"/> instructions.</summary>
    public const ushort Jump = 0x05;

    /// <summary>BPF_JMP | BPF_JEQ | BPF_K.</summary>
    public const ushort JumpEqual = 0x15;

    /// <summary>BPF_JMP | BPF_JGT | BPF_K; unsigned.</summary>
    public const ushort JumpGreater = 0x25;

    /// <summary>BPF_JMP | BPF_JGE | BPF_K; unsigned.</summary>
    public const ushort JumpGreaterOrEqual = 0x35;

    /// <summary>BPF_JMP | BPF_JSET | BPF_K: whether any of the bits is set.</summary>
    public const ushort JumpAnySet = 0x45;

    /// <summary>BPF_RET | BPF_K.</summary>
    public const ushort Return = 0x06;
}
