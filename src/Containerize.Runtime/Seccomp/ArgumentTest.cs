namespace Containerize.Runtime.Seccomp;

/// <summary>Writes the comparison of an argument: 64 bits in two halves, as the machine of BPF has 32.</summary>
internal static class ArgumentTest
{
    /// <summary>Writes it.</summary>
    /// <param name="assembler">Where to.</param>
    /// <param name="condition">The comparison.</param>
    /// <param name="wide">Whether the upper half counts.</param>
    /// <param name="to">Where to go if it holds, and if not.</param>
    /// <returns>Its beginning.</returns>
    public static int Write(BpfAssembler assembler, ArgumentCondition condition, bool wide, (int Yes, int No) to)
    {
        // What is smaller is what is not greater or equal: one way for both.
        var (yes, no) = condition.Comparison is ArgumentComparison.NotEqual or ArgumentComparison.Less or ArgumentComparison.LessOrEqual
            ? (to.No, to.Yes)
            : to;
        var lower = condition.Comparison switch
        {
            ArgumentComparison.Greater or ArgumentComparison.LessOrEqual => BpfInstruction.JumpGreater,
            ArgumentComparison.GreaterOrEqual or ArgumentComparison.Less => BpfInstruction.JumpGreaterOrEqual,
            _ => BpfInstruction.JumpEqual,
        };

        // struct seccomp_data: each argument is a little-endian word of 64 bits.
        var offset = 16 + (8 * (uint)condition.Index);
        var place = Half(assembler, lower, condition, (offset, 0), (yes, no));
        if (!wide)
        {
            return place;
        }

        if (lower == BpfInstruction.JumpEqual)
        {
            return Half(assembler, BpfInstruction.JumpEqual, condition, (offset + 4, 32), (place, no));
        }

        var upper = (uint)(condition.Value >> 32);
        place = assembler.Jump(BpfInstruction.JumpEqual, upper, place, no);
        place = assembler.Jump(BpfInstruction.JumpGreater, upper, yes, place);
        return assembler.Load(offset + 4, place);
    }

    private static int Half(BpfAssembler assembler, ushort code, ArgumentCondition condition, (uint Offset, int Shift) half, (int Yes, int No) to)
    {
        var mask = (uint)(condition.Mask >> half.Shift);
        if (mask == 0)
        {
            return to.Yes;
        }

        var place = assembler.Jump(code, (uint)(condition.Value >> half.Shift), to.Yes, to.No);
        place = mask == uint.MaxValue ? place : assembler.And(mask, place);
        return assembler.Load(half.Offset, place);
    }
}
