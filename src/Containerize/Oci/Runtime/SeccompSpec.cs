namespace Containerize.Oci.Runtime;

/// <summary>Which system calls do what (config-linux.md, Seccomp).</summary>
public sealed record SeccompSpec
{
    /// <summary>What a call does that no rule names, as SCMP_ACT_ERRNO.</summary>
    public string? DefaultAction { get; init; }

    /// <summary>The error of SCMP_ACT_ERRNO and SCMP_ACT_TRACE; absent: EPERM.</summary>
    public uint? DefaultErrnoRet { get; init; }

    /// <summary>The architectures whose calls are understood, as SCMP_ARCH_X86_64.</summary>
    public IReadOnlyList<string>? Architectures { get; init; }

    /// <summary>Flags of seccomp(2), as SECCOMP_FILTER_FLAG_LOG.</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>The socket that is given the notification descriptor.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>What that socket is told beside.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The rules.</summary>
    public IReadOnlyList<SyscallRule>? Syscalls { get; init; }
}

/// <summary>What some system calls do.</summary>
public sealed record SyscallRule
{
    /// <summary>Their names.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>As SCMP_ACT_ALLOW.</summary>
    public string? Action { get; init; }

    /// <summary>The error of SCMP_ACT_ERRNO and SCMP_ACT_TRACE; absent: EPERM.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>Only with such arguments: all of them at once.</summary>
    public IReadOnlyList<SyscallArgument>? Args { get; init; }
}

/// <summary>A comparison of one argument.</summary>
public sealed record SyscallArgument
{
    /// <summary>Which argument, 0 to 5.</summary>
    public uint Index { get; init; }

    /// <summary>What it is compared with; the mask for SCMP_CMP_MASKED_EQ.</summary>
    public ulong Value { get; init; }

    /// <summary>For SCMP_CMP_MASKED_EQ: what is left under the mask.</summary>
    public ulong ValueTwo { get; init; }

    /// <summary>As SCMP_CMP_EQ.</summary>
    public string? Op { get; init; }
}
