using System.Runtime.InteropServices;

namespace Containerize.Runtime.Cgroups;

/// <summary>An eBPF instruction, struct bpf_insn: 8 bytes (https://docs.kernel.org/bpf/standardization/instruction-set.html).</summary>
/// <param name="Code">The operation.</param>
/// <param name="Registers">The target in the low four bits, the source in the high ones.</param>
/// <param name="Offset">How many instructions to jump, or where in memory.</param>
/// <param name="Value">The immediate value.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct BpfInstruction(byte Code, byte Registers, short Offset, int Value)
{
    /// <summary>target = *(u32 *)(source + offset).</summary>
    public const byte LoadWord = 0x61;

    /// <summary>target = value.</summary>
    public const byte Move = 0xb7;

    /// <summary>target = source.</summary>
    public const byte Copy = 0xbf;

    /// <summary>target &amp;= value.</summary>
    public const byte And = 0x57;

    /// <summary>target &gt;&gt;= value.</summary>
    public const byte ShiftRight = 0x77;

    /// <summary>Jumps if the low 32 bits of target are value.</summary>
    public const byte JumpIfEqual = 0x16;

    /// <summary>Jumps if the low 32 bits of target are not value.</summary>
    public const byte JumpIfNotEqual = 0x56;

    /// <summary>Ends with register 0 as the result.</summary>
    public const byte Exit = 0x95;

    /// <summary>The target register.</summary>
    public int Target => Registers & 15;

    /// <summary>The source register.</summary>
    public int Source => Registers >> 4;

    /// <summary>An instruction with a value.</summary>
    public static BpfInstruction With(byte code, int target, int value, short offset = 0) => new(code, (byte)target, offset, value);

    /// <summary>An instruction with a source.</summary>
    public static BpfInstruction From(byte code, int target, int source, short offset = 0) => new(code, (byte)(target | (source << 4)), offset, 0);
}
