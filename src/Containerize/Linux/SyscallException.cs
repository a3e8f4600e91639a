namespace Containerize.Linux;

/// <summary>A system call that failed: which, on what, and why.</summary>
/// <param name="call">The call, as "openat2".</param>
/// <param name="target">The path or thing that it was about; empty where there is none.</param>
/// <param name="errno">The error number.</param>
internal sealed class SyscallException(string call, string target, int errno)
    : Exception(target.Length == 0 ? $"{call}: {Linux.Errno.Describe(errno)}" : $"{call} {target}: {Linux.Errno.Describe(errno)}")
{
    /// <summary>The call.</summary>
    public string Call { get; } = call;

    /// <summary>What it was about.</summary>
    public string Target { get; } = target;

    /// <summary>The error number (errno(3)).</summary>
    public int Errno { get; } = errno;
}
