namespace Containerize.Containers.Options;

/// <summary>The capabilities of a container: those that docker gives, and what --cap-add and --cap-drop make of them.</summary>
/// <remarks>https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities</remarks>
public static class CapabilitySet
{
    private static readonly string[] Default =
    [
        "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",
        "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
    ];

    // In the order of their numbers (linux/capability.h).
    private static readonly string[] All =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>The names, in ordinal order; CTZ5020 for one that is none.</summary>
    /// <param name="add">Names with or without CAP_, or ALL.</param>
    /// <param name="drop">The same.</param>
    /// <param name="privileged">Whether it has all to begin with.</param>
    /// <param name="available">A bit for each that there is: of all, those are meant.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> add, IEnumerable<string> drop, bool privileged, ulong available)
    {
        var added = add.Select(n => Name("--cap-add", n)).ToHashSet();
        var dropped = drop.Select(n => Name("--cap-drop", n)).ToHashSet();
        IEnumerable<string> set = privileged || added.Contains("ALL") ? All.Where((_, number) => (available >> number & 1) != 0) : dropped.Contains("ALL") ? [] : Default;
        // ALL in one list, and names in the other: the names say what is different.
        return
        [
            .. set.Where(c => !dropped.Contains(c)).Union(added.Where(c => c != "ALL" && !(dropped.Contains(c) && !dropped.Contains("ALL")))).Order(StringComparer.Ordinal),
        ];
    }

    private static string Name(string option, string text)
    {
        var name = text.ToUpperInvariant();
        name = name == "ALL" || name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name;
        return name == "ALL" || All.Contains(name)
            ? name
            : throw OptionErrors.Wrong(option, text, "there is no such capability", "See capabilities(7): NET_ADMIN, SYS_PTRACE and others, or ALL.");
    }
}
