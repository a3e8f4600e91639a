namespace Containerize.Containers.Options;

/// <summary>What <c>--security-opt</c> says, together.</summary>
/// <param name="Unconfined">Whether there is no seccomp filter.</param>
/// <param name="SeccompFile">The filter's file; null: the default one.</param>
/// <param name="NoNewPrivileges">Whether no program can gain rights.</param>
/// <param name="AppArmor">The profile; null: none.</param>
/// <param name="Masked">What is hidden.</param>
/// <param name="ReadOnly">What cannot be written.</param>
public sealed record SecurityOptions(
    bool Unconfined, string? SeccompFile, bool NoNewPrivileges, string? AppArmor, IReadOnlyList<string>? Masked, IReadOnlyList<string>? ReadOnly)
{
    private static readonly string[] UsuallyMasked =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ];

    private static readonly string[] UsuallyReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>Reads them all; CTZ5020 for one that is none.</summary>
    public static SecurityOptions Read(IReadOnlyList<string> options, bool privileged)
    {
        var result = new SecurityOptions(privileged, null, false, null, privileged ? null : UsuallyMasked, privileged ? null : UsuallyReadOnly);
        foreach (var option in options)
        {
            var at = option.IndexOfAny(['=', ':']);
            var (name, value) = at < 0 ? (option, "true") : (option[..at], option[(at + 1)..]);
            result = name switch
            {
                "no-new-privileges" when value is "true" or "false" => result with { NoNewPrivileges = value == "true" },
                "seccomp" when value == "unconfined" => result with { Unconfined = true },
                "seccomp" => result with { Unconfined = false, SeccompFile = value },
                "apparmor" => result with { AppArmor = value == "unconfined" ? null : value },
                "systempaths" when value == "unconfined" => result with { Masked = null, ReadOnly = null },
                "mask" => result with { Masked = [.. result.Masked ?? [], .. value.Split(':')] },
                "unmask" when value == "ALL" => result with { Masked = null, ReadOnly = null },
                "unmask" => result with
                {
                    Masked = [.. (result.Masked ?? []).Except(value.Split(':'))],
                    ReadOnly = [.. (result.ReadOnly ?? []).Except(value.Split(':'))],
                },
                // SELinux is not here: what it would say changes nothing.
                "label" => result,
                _ => throw OptionErrors.Wrong(
                    "--security-opt", option, "it is not one", "There are no-new-privileges, seccomp=FILE|unconfined, apparmor=PROFILE, systempaths=unconfined, mask=PATH and unmask=PATH."),
            };
        }

        return result;
    }
}
