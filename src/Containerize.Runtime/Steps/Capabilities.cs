using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>The five sets of capabilities of the calling thread (capabilities(7)).</summary>
internal static unsafe class Capabilities
{
    private const int ReadBounding = 23;
    private const int DropBounding = 24;
    private const int Ambient = 47;
    private const int AmbientRaise = 2;
    private const int AmbientClearAll = 4;
    private const uint Version3 = 0x2008_0522;

    /// <summary>Their names in the order of their numbers, without CAP_ (linux/capability.h).</summary>
    public static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>A set as bits; names that we do not know are passed over, as the kernel cannot have them.</summary>
    public static ulong Parse(IReadOnlyList<string>? names)
    {
        var set = 0ul;
        foreach (var name in names ?? [])
        {
            var index = name.StartsWith("CAP_", StringComparison.Ordinal) ? Array.IndexOf(Names, name[4..]) : -1;
            if (index >= 0)
            {
                set |= 1ul << index;
            }
        }

        return set;
    }

    /// <summary>Warns of capabilities that the kernel does not know, or that we do not have to give (config.md, Linux Process).</summary>
    /// <param name="spec">The five sets.</param>
    /// <param name="hasUserNamespace">Whether the container has a user namespace of its own, in which all can be had.</param>
    /// <param name="log">Where is warned.</param>
    public static void WarnOfUnavailable(CapabilitiesSpec? spec, bool hasUserNamespace, RuntimeLog log)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var asked = 0ul;
        foreach (var set in (IReadOnlyList<string>?[])[spec?.Bounding, spec?.Effective, spec?.Permitted, spec?.Inheritable, spec?.Ambient])
        {
            foreach (var name in set ?? [])
            {
                var bit = Parse([name]);
                asked |= bit;
                if (bit == 0)
                {
                    missing.Add(name);
                }
            }
        }

        for (var capability = 0; capability < Names.Length; capability++)
        {
            if ((asked & (1ul << capability)) != 0 && Syscall.Try(SyscallNumber.Prctl, ReadBounding, capability) < (hasUserNamespace ? 0 : 1))
            {
                missing.Add("CAP_" + Names[capability]);
            }
        }

        if (missing.Count > 0)
        {
            log.Warning($"ignoring unknown or unavailable capabilities: {string.Join(' ', missing)}");
        }
    }

    /// <summary>Takes out of the bounding set what is not in the configuration's; before the user changes.</summary>
    public static void Bound(CapabilitiesSpec? spec)
    {
        var kept = Parse(spec?.Bounding);
        for (var capability = 0; capability < 64; capability++)
        {
            if ((kept & (1ul << capability)) != 0)
            {
                continue;
            }

            var result = Syscall.Try(SyscallNumber.Prctl, DropBounding, capability);
            if (result == -Errno.EINVAL)
            {
                // Past the last that this kernel has.
                return;
            }

            Syscall.Check(result, "prctl", "PR_CAPBSET_DROP");
        }
    }

    /// <summary>Sets the four other sets; after the user has changed.</summary>
    public static void Apply(CapabilitiesSpec? spec)
    {
        var last = Available();
        var header = stackalloc uint[2] { Version3, 0 };
        var effective = Parse(spec?.Effective) & last;
        var permitted = Parse(spec?.Permitted) & last;
        var inheritable = Parse(spec?.Inheritable) & last;
        // Two times effective, permitted, inheritable: the low half and the high half.
        var data = stackalloc uint[6]
        {
            (uint)effective, (uint)permitted, (uint)inheritable, (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32),
        };
        Syscall.Check(Syscall.Try(SyscallNumber.Capset, (nint)header, (nint)data), "capset");

        // Kernels before 4.3 have no ambient set.
        var cleared = Syscall.Try(SyscallNumber.Prctl, Ambient, AmbientClearAll, 0, 0, 0);
        if (cleared == -Errno.EINVAL)
        {
            return;
        }

        Syscall.Check(cleared, "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
        var ambient = Parse(spec?.Ambient) & last;
        for (var capability = 0; capability < Names.Length; capability++)
        {
            if ((ambient & (1ul << capability)) != 0)
            {
                // What is not also permitted and inheritable cannot be; it is left out, as others do.
                Syscall.Try(SyscallNumber.Prctl, Ambient, AmbientRaise, capability, 0, 0);
            }
        }
    }

    // What this kernel knows: it refuses sets with more.
    private static ulong Available()
    {
        var last = Names.Length - 1;
        while (last > 0 && Syscall.Try(SyscallNumber.Prctl, ReadBounding, last) < 0)
        {
            last--;
        }

        return (2ul << last) - 1;
    }
}
