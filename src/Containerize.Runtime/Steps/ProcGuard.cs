
namespace Containerize.Runtime.Steps;

/// <summary>
/// What may be mounted on the container's /proc: a procfs, and below it a few files that others emulate (lxcfs). Anything else would be
/// read and written in place of the kernel's answers (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881).
/// </summary>
internal static class ProcGuard
{
    private const uint ProcMagic = 0x9FA0;
    private const ulong RootInode = 1;

    /// <summary>Checks a place, found by descriptor, so that no link leads there by another name.</summary>
    /// <param name="inside">The place's path in the container, links resolved.</param>
    /// <param name="isProc">Whether a procfs of its own is mounted.</param>
    /// <param name="source">What is bound there; null: a filesystem of its own.</param>
    /// <exception cref="SyscallException">It may not.</exception>
    public static void Check(string inside, bool isProc, Descriptor? source)
    {
        if (inside == "/proc")
        {
            if (isProc || (source is not null && FileSystem.Magic(source.Number) == ProcMagic && FileStatus.Of(source.Number).Inode == RootInode))
            {
                return;
            }

            throw new SyscallException("mount", "/proc, where only a procfs may be", Errno.EPERM);
        }

        if (inside.StartsWith("/proc/", StringComparison.Ordinal) && (source is null || !IsEmulated(inside)))
        {
            throw new SyscallException("mount", inside + ", which is inside /proc", Errno.EPERM);
        }
    }

    private static bool IsEmulated(string path) => path is
        "/proc/cpuinfo" or "/proc/diskstats" or "/proc/meminfo" or "/proc/stat" or "/proc/swaps" or "/proc/uptime" or "/proc/loadavg"
        or "/proc/slabinfo" or "/proc/sys/kernel/ns_last_pid" or "/proc/sys/crypto/fips_enabled";
}
