namespace Containerize.Runtime.Seccomp;

/// <summary>What a filter returns for a call (linux/seccomp.h, SECCOMP_RET_*): the action in the upper half, its data in the lower.</summary>
internal static class SeccompAction
{
    public const uint KillProcess = 0x80000000;
    public const uint KillThread = 0;
    public const uint Trap = 0x00030000;
    public const uint Errno = 0x00050000;
    public const uint Notify = 0x7FC00000;
    public const uint Trace = 0x7FF00000;
    public const uint Log = 0x7FFC0000;
    public const uint Allow = 0x7FFF0000;

    /// <summary>That the kernel does not have the call: what programs expect of one that is new to a profile.</summary>
    public const uint NotImplemented = Errno | Containerize.Linux.Errno.ENOSYS;

    private const uint ActionBits = 0xFFFF0000;

    /// <summary>Reads an action of a profile.</summary>
    /// <param name="name">As SCMP_ACT_ERRNO.</param>
    /// <param name="errno">What ERRNO and TRACE tell; absent: EPERM. The others have none.</param>
    /// <exception cref="ContainerizeException">It is none.</exception>
    public static uint Parse(string? name, uint? errno)
    {
        var action = Parse(name);
        return action is Errno or Trace ? action | Data(errno)
            : errno is null ? action
            : throw SeccompErrors.Invalid($"{name} has the error number {errno}", "Give one only to SCMP_ACT_ERRNO and SCMP_ACT_TRACE.");
    }

    private static uint Parse(string? name) => name switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => KillThread,
        "SCMP_ACT_KILL_PROCESS" => KillProcess,
        "SCMP_ACT_TRAP" => Trap,
        "SCMP_ACT_ERRNO" => Errno,
        "SCMP_ACT_TRACE" => Trace,
        "SCMP_ACT_NOTIFY" => Notify,
        "SCMP_ACT_LOG" => Log,
        "SCMP_ACT_ALLOW" => Allow,
        null or "" => throw SeccompErrors.Invalid("an action is missing", "Give defaultAction and each rule one such as SCMP_ACT_ALLOW."),
        _ => throw SeccompErrors.Invalid($"the action \"{name}\" is unknown", "Write one such as SCMP_ACT_ALLOW or SCMP_ACT_ERRNO."),
    };

    /// <summary>Whether the call is made for all that the filter says, perhaps by a tracer that knows calls that the profile does not.</summary>
    public static bool IsPermissive(uint action) => (action & ActionBits) is Allow or Log or Trace;

    private static uint Data(uint? errno) =>
        errno is > ushort.MaxValue
            ? throw SeccompErrors.Invalid($"the error number {errno} is too large", "Error numbers are below 4096 (errno(3)).")
            : errno ?? Containerize.Linux.Errno.EPERM;
}
