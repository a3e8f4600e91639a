
namespace Containerize.Runtime.Cgroups;

/// <summary>
/// Makes a user the owner of what a delegated cgroup's owner may write (https://docs.kernel.org/admin-guide/cgroup-v2.html#delegation).
/// </summary>
internal static class CgroupDelegation
{
    /// <summary>Changes the owner.</summary>
    /// <param name="directory">The cgroup.</param>
    /// <param name="user">Its owner from now on.</param>
    /// <param name="list">Where the kernel says which files, since 4.15.</param>
    /// <exception cref="SyscallException">It cannot be changed.</exception>
    public static void Give(CgroupDirectory directory, uint user, string list = "/sys/kernel/cgroup/delegate")
    {
        Syscall.Check(Syscall.Try(SyscallNumber.Fchown, directory.Number, (nint)user, -1), "fchown", directory.Path);
        foreach (var file in Files(list).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var name = new NativeText(file);
            const int NoFollow = 0x100;
            var result = file.Contains('/')
                ? -Errno.EINVAL
                : Syscall.Try(SyscallNumber.Fchownat, directory.Number, name.Address, (nint)user, -1, NoFollow);
            // The list is of all controllers; files of those that are not here are missing.
            if (result != -Errno.ENOENT)
            {
                Syscall.Check(result, "fchownat", $"{directory.Path}/{file}");
            }
        }
    }

    private static string Files(string list)
    {
        try
        {
            return FileSystem.ReadText(Descriptor.WorkingDirectory, list);
        }
        catch (SyscallException e) when (e.Errno == Errno.ENOENT)
        {
            return "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
        }
    }
}
