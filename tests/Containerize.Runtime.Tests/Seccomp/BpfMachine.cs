using Containerize.Runtime.Seccomp;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>A system call as a filter sees it (struct seccomp_data).</summary>
internal sealed record SyscallData(uint Architecture, uint Number, params ulong[] Arguments)
{
    /// <summary>One word of it.</summary>
    public uint Word(uint offset) => offset switch
    {
        0 => Number,
        4 => Architecture,
        >= 16 and < 64 when offset % 4 == 0 => (uint)(Argument((int)(offset - 16) / 8) >> (offset % 8 == 4 ? 32 : 0)),
        _ => throw new InvalidOperationException($"a load at {offset}"),
    };

    public override string ToString() => $"{Architecture:x} {Number:x} ({string.Join(", ", Arguments.Select(a => $"{a:x}"))})";

    private ulong Argument(int index) => index < Arguments.Length ? Arguments[index] : 0;
}

/// <summary>Runs programs of classic BPF, and refuses what the kernel refuses (net/core/filter.c, bpf_check_classic).</summary>
internal static class BpfMachine
{
    public static uint Run(BpfInstruction[] program, SyscallData call) => Run(program, call, out _);

    public static uint Run(BpfInstruction[] program, SyscallData call, out int steps)
    {
        uint accumulator = 0;
        steps = 0;
        for (var i = 0; ; i++)
        {
            steps++;
            var instruction = program[i];
            switch (instruction.Code)
            {
                case BpfInstruction.Load:
                    accumulator = call.Word(instruction.Value);
                    break;
                case BpfInstruction.And:
                    accumulator &= instruction.Value;
                    break;
                case BpfInstruction.Return:
                    return instruction.Value;
                case BpfInstruction.Jump:
                    i = checked(i + (int)instruction.Value);
                    break;
                default:
                    var holds = instruction.Code switch
                    {
                        BpfInstruction.JumpEqual => accumulator == instruction.Value,
                        BpfInstruction.JumpGreater => accumulator > instruction.Value,
                        BpfInstruction.JumpGreaterOrEqual => accumulator >= instruction.Value,
                        BpfInstruction.JumpAnySet => (accumulator & instruction.Value) != 0,
                        _ => throw new InvalidOperationException($"instruction {i} is {instruction}"),
                    };
                    i += holds ? instruction.IfTrue : instruction.IfFalse;
                    break;
            }
        }
    }
}
