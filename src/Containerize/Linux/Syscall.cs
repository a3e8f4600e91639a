using System.Runtime.InteropServices;

namespace Containerize.Linux;

/// <summary>System calls as the managed parts make them; what runs between clone and exec is in RawChild.</summary>
internal static unsafe class Syscall
{
    /// <summary>Makes a system call; interrupted ones are made again.</summary>
    /// <returns>The result, or the error number below zero, as the kernel itself has it.</returns>
    public static nint Try(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        while (true)
        {
            var result = Call(number, a, b, c, d, e, f);
            if (result != -1)
            {
                return result;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                return -errno;
            }
        }
    }

    /// <summary>A result of <see cref="Try"/>, or a <see cref="SyscallException"/> where it is an error.</summary>
    /// <param name="result">The result.</param>
    /// <param name="call">The call's name, for the error.</param>
    /// <param name="target">What it was about, for the error.</param>
    public static nint Check(nint result, string call, string target = "") =>
        result is < 0 and > -4096 ? throw new SyscallException(call, target, (int)-result) : result;

    // Not variadic for the compiler, which is the same to the caller on both architectures: integers go into registers.
    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
