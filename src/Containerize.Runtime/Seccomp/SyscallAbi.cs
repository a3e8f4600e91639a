namespace Containerize.Runtime.Seccomp;

/// <summary>A way of making system calls that a filter tells apart; the order is that of the columns of <see cref="SyscallTable"/>.</summary>
internal enum SyscallAbi
{
    /// <summary>SCMP_ARCH_X86_64.</summary>
    X64,

    /// <summary>SCMP_ARCH_X86.</summary>
    X86,

    /// <summary>SCMP_ARCH_X32: x86-64's calls, with 32-bit pointers and a bit set in the number.</summary>
    X32,

    /// <summary>SCMP_ARCH_AARCH64.</summary>
    Arm64,

    /// <summary>SCMP_ARCH_ARM, of the embedded ABI.</summary>
    Arm,
}
