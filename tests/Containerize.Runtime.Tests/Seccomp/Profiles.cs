using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Seccomp;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>Profiles and calls, in few words.</summary>
internal static class Profiles
{
    public const uint Allow = 0x7FFF0000;
    public const uint Enosys = 0x00050026;
    public const uint KillThread = 0;

    public static SeccompSpec Profile(string action, params SyscallRule[] rules) => new() { DefaultAction = action, Syscalls = rules };

    public static SyscallRule Rule(string action, string names, params SyscallArgument[] arguments) =>
        new() { Action = action, Names = names.Split(' '), Args = arguments };

    public static SyscallArgument Argument(uint index, string op, ulong value, ulong valueTwo = 0) =>
        new() { Index = index, Op = "SCMP_CMP_" + op, Value = value, ValueTwo = valueTwo };

    public static BpfInstruction[] Compile(SeccompSpec spec, Architecture native = Architecture.X64) => SeccompCompiler.Compile(spec, native)!.Program;

    public static uint Run(BpfInstruction[] program, SyscallAbi abi, string name, params ulong[] arguments)
    {
        var number = SyscallTable.Find(System.Text.Encoding.UTF8.GetBytes(name), abi);
        return BpfMachine.Run(program, new(SeccompArchitectures.AuditValue(abi), (uint)number | (abi == SyscallAbi.X32 ? SeccompArchitectures.X32Bit : 0), arguments));
    }
}
