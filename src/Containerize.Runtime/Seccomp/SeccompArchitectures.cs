using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Seccomp;

/// <summary>Which kinds of system calls a filter knows: the machine's own always, and those of the list that the machine can make.</summary>
internal static class SeccompArchitectures
{
    /// <summary>The bit that tells x32's numbers from x86-64's (asm/unistd.h, __X32_SYSCALL_BIT).</summary>
    public const uint X32Bit = 0x40000000;

    /// <summary>The machine's own, then the others of the list; a call of another kind ends its thread.</summary>
    /// <remarks>
    /// As with libseccomp, whose filters begin with the machine's own architecture. Of the specification's architectures those that no kernel
    /// for this machine can run are accepted and left out: no call can be of them.
    /// </remarks>
    /// <exception cref="ContainerizeException">An architecture is not one of the specification's.</exception>
    public static List<SyscallAbi> Of(SeccompSpec spec, Architecture native)
    {
        var abis = new List<SyscallAbi>
        {
            native switch
            {
                Architecture.X64 => SyscallAbi.X64,
                Architecture.Arm64 => SyscallAbi.Arm64,
                _ => throw SeccompErrors.Invalid($"the machine is {native}", "Filters can be made for x86-64 and AArch64."),
            },
        };
        foreach (var name in spec.Architectures ?? [])
        {
            if (Parse(name) is { } abi && Machine(abi) == native && !abis.Contains(abi))
            {
                abis.Add(abi);
            }
        }

        return abis;
    }

    /// <summary>What seccomp_data.arch is (linux/audit.h, AUDIT_ARCH_*); x32 has x86-64's.</summary>
    public static uint AuditValue(SyscallAbi abi) => abi switch
    {
        SyscallAbi.X64 or SyscallAbi.X32 => 0xC000003E,
        SyscallAbi.X86 => 0x40000003,
        SyscallAbi.Arm64 => 0xC00000B7,
        _ => 0x40000028,
    };

    /// <summary>Whether arguments are compared as 64 bits; else only their lower halves are.</summary>
    /// <remarks>For x32 libseccomp compares 32 bits, as its longs and pointers have.</remarks>
    public static bool HasWideArguments(SyscallAbi abi) => abi is SyscallAbi.X64 or SyscallAbi.Arm64;

    private static Architecture Machine(SyscallAbi abi) => abi is SyscallAbi.Arm64 or SyscallAbi.Arm ? Architecture.Arm64 : Architecture.X64;

    // Null for what the specification knows and we have no machine for (config-linux.md, Seccomp).
    private static SyscallAbi? Parse(string? name) => name switch
    {
        "SCMP_ARCH_X86_64" => SyscallAbi.X64,
        "SCMP_ARCH_X86" => SyscallAbi.X86,
        "SCMP_ARCH_X32" => SyscallAbi.X32,
        "SCMP_ARCH_AARCH64" => SyscallAbi.Arm64,
        "SCMP_ARCH_ARM" => SyscallAbi.Arm,
        "SCMP_ARCH_MIPS" or "SCMP_ARCH_MIPS64" or "SCMP_ARCH_MIPS64N32" or "SCMP_ARCH_MIPSEL" or "SCMP_ARCH_MIPSEL64" or "SCMP_ARCH_MIPSEL64N32"
            or "SCMP_ARCH_PPC" or "SCMP_ARCH_PPC64" or "SCMP_ARCH_PPC64LE" or "SCMP_ARCH_S390" or "SCMP_ARCH_S390X" or "SCMP_ARCH_PARISC"
            or "SCMP_ARCH_PARISC64" or "SCMP_ARCH_RISCV64" or "SCMP_ARCH_LOONGARCH64" or "SCMP_ARCH_M68K" or "SCMP_ARCH_SH" or "SCMP_ARCH_SHEB" => null,
        _ => throw SeccompErrors.Invalid($"the architecture \"{name}\" is unknown", "Write one such as SCMP_ARCH_X86_64."),
    };
}
