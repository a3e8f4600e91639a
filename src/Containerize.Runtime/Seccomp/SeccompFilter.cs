using System.Runtime.InteropServices;

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

    /// <summary>What <see cref="ToBytes"/> gave.</summary>
    public static SeccompFilter Of(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, BpfInstruction>(bytes[sizeof(uint)..]).ToArray(), MemoryMarshal.Read<uint>(bytes));

    /// <summary>The flags and the instructions as they lie in memory, for another process of ours.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[sizeof(uint) + MemoryMarshal.AsBytes(Program.AsSpan()).Length];
        MemoryMarshal.Write(bytes, Flags);
        MemoryMarshal.AsBytes(Program.AsSpan()).CopyTo(bytes.AsSpan(sizeof(uint)));
        return bytes;
    }

    /// <summary>Whether calls are handed to a listener, so that loading gives its descriptor.</summary>
    public bool WantsListener => (Flags & NewListener) != 0;
}
