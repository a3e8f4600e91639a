using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Seccomp;

/// <summary>The flags of seccomp(2) that a profile asks for (linux/seccomp.h).</summary>
internal static class SeccompFlags
{
    private const uint ThreadSync = 1 << 0;
    private const uint Log = 1 << 1;
    private const uint SpecAllow = 1 << 2;
    private const uint ThreadSyncFails = 1 << 4;
    private const uint WaitKillable = 1 << 5;

    /// <summary>The flags that profiles may have: what `features` names (features-linux.md, Seccomp).</summary>
    public static string[] Known =>
        ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"];

    /// <summary>Reads the flags.</summary>
    /// <param name="spec">The profile. Where it does not mention flags at all, it gets SPEC_ALLOW, as of runc 1.2.</param>
    /// <param name="notifies">Whether it has SCMP_ACT_NOTIFY.</param>
    /// <exception cref="ContainerizeException">A flag is unknown.</exception>
    public static uint Of(SeccompSpec spec, bool notifies)
    {
        var flags = spec.Flags is null ? SpecAllow : 0;
        foreach (var name in spec.Flags ?? [])
        {
            var flag = Parse(name);
            // Only a listener can make a call wait; without one the kernel refuses the flag.
            flags |= flag == WaitKillable && !notifies ? 0 : flag;
        }

        if (notifies)
        {
            // With both, what TSYNC returns in failure could be taken for the listener: the kernel wants to be told to fail plainly (seccomp(2)).
            flags |= SeccompFilter.NewListener | ((flags & ThreadSync) != 0 ? ThreadSyncFails : 0);
        }

        return flags;
    }

    /// <summary>Whether this kernel has a flag: then it comes as far as to look for the program, and there is none (seccomp(2), EFAULT).</summary>
    public static bool IsSupported(string name)
    {
        const int SetModeFilter = 1;
        var flag = Parse(name);
        var flags = flag == WaitKillable ? flag | SeccompFilter.NewListener : flag;
        return Syscall.Try(SyscallNumber.Seccomp, SetModeFilter, (nint)flags, 0) == -Errno.EFAULT;
    }

    private static uint Parse(string name) => name switch
    {
        "SECCOMP_FILTER_FLAG_TSYNC" => ThreadSync,
        "SECCOMP_FILTER_FLAG_LOG" => Log,
        "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => SpecAllow,
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => WaitKillable,
        _ => throw SeccompErrors.Invalid($"the flag \"{name}\" is unknown", "Write one such as SECCOMP_FILTER_FLAG_LOG."),
    };
}
