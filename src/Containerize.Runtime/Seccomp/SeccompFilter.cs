namespace Containerize.Runtime.Seccomp;

/// <summary>A filter as the kernel takes it.</summary>
/// <param name="Program">The program, at most <see cref="MostInstructions"/>.</param>
/// <param name="Flags">The flags of seccomp(2), SECCOMP_FILTER_FLAG_*.</param>
internal sealed record SeccompFilter(BpfInstruction[] Program, uint Flags)
{
    /// <summary>BPF_MAXINSNS (linux/bpf_common.h).</summary>
    public const int MostInstructions = 4096;

    /// <summary>SECCOMP_FILTER_FLAG_NEW_LISTENER.</summary>
    public const uint NewListener = 1 << 3;

    /// <summary>Whether calls are handed to a listener, so that loading gives its descriptor.</summary>
    public bool WantsListener => (Flags & NewListener) != 0;
}
