using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The last steps: from our program to the user's.</summary>
internal static unsafe class Execution
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Finds the program as a shell does; CTZ6014 where there is none that can be executed.</summary>
    public static string Find(ProcessSpec process, IReadOnlyList<string> environment)
    {
        var name = process.Args![0];
        if (name.Contains('/'))
        {
            return CanExecute(name, out var error) ? name : throw NotFound(name, Errno.Describe(error));
        }

        var denied = false;
        foreach (var directory in PathOf(environment).Split(':'))
        {
            // An empty part is the working directory.
            var candidate = directory.Length == 0 ? "./" + name : directory + "/" + name;
            if (CanExecute(candidate, out var error))
            {
                return candidate;
            }

            denied |= error == Errno.EACCES;
        }

        throw NotFound(name, denied ? "permission denied" : "executable file not found in $PATH");
    }

    /// <summary>Marks all descriptors from a number on as close-on-exec.</summary>
    public static void CloseFrom(int first)
    {
        const int CloseOnExec = 4;
        Syscall.Check(Syscall.Try(SyscallNumber.CloseRange, first, int.MaxValue, CloseOnExec), "close_range");
    }

    /// <summary>Executes the program; returns only by failing.</summary>
    public static void Replace(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var nativePath = new NativeText(path);
        using var nativeArguments = new NativeStrings(arguments);
        using var nativeEnvironment = new NativeStrings(environment);
        Signals.Reset();
        Syscall.Check(Syscall.Try(SyscallNumber.Execve, nativePath.Address, (nint)nativeArguments.Pointers, (nint)nativeEnvironment.Pointers), "exec", path);
    }

    private static string PathOf(IReadOnlyList<string> environment)
    {
        foreach (var variable in environment)
        {
            if (variable.StartsWith("PATH=", StringComparison.Ordinal))
            {
                return variable[5..];
            }
        }

        return DefaultPath;
    }

    private static bool CanExecute(string path, out int error)
    {
        const int MayExecute = 1;
        const int Effective = 0x200;
        using var text = new NativeText(path);
        error = (int)-Syscall.Try(SyscallNumber.Faccessat2, Descriptor.WorkingDirectory, text.Address, MayExecute, Effective);
        if (error != 0)
        {
            return false;
        }

        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, path, OpenFlags.PathOnly);
        if (opened < 0)
        {
            error = (int)-opened;
            return false;
        }

        using var file = new Descriptor((int)opened);
        error = (Files.Mode(file.Number) & Files.TypeMask) == Files.Directory ? Errno.EACCES : 0;
        return error == 0;
    }

    private static ContainerizeException NotFound(string name, string why) =>
        Failure.Of(6014, "starting the container process", $"exec: \"{name}\": {why}", "Check process.args, the PATH in process.env, and the files of the root filesystem.");
}
