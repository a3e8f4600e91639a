
namespace Containerize.Runtime.Seccomp;

/// <summary>Puts a filter on the calling thread (seccomp(2)).</summary>
internal static unsafe class SeccompLoader
{
    private const int SetModeFilter = 1;

    /// <summary>Loads the filter: from then on the thread and what it starts are under it.</summary>
    /// <remarks>
    /// The thread must have CAP_SYS_ADMIN in its user namespace or no_new_privs. Nothing that the filter may forbid must come after it,
    /// so that what is not execve had better be done before.
    /// </remarks>
    /// <returns>The listener's descriptor; null where no call is handed to one.</returns>
    /// <exception cref="SyscallException">The kernel refuses it.</exception>
    public static Descriptor? Load(SeccompFilter filter)
    {
        fixed (BpfInstruction* instructions = filter.Program)
        {
            // struct sock_fprog: the number of instructions, and their address.
            var program = stackalloc nint[2] { filter.Program.Length, (nint)instructions };
            var result = Syscall.Check(Syscall.Try(SyscallNumber.Seccomp, SetModeFilter, (nint)filter.Flags, (nint)program), "seccomp");
            if (filter.WantsListener)
            {
                return new Descriptor((int)result);
            }

            // With TSYNC: the first thread that has other filters than ours, and nothing was done.
            return result == 0 ? null : throw new SyscallException("seccomp", $"thread {result}", Errno.ESRCH);
        }
    }
}
