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

    /// <summary>Closes all descriptors from a number on but a few of our own, which are closed at exec.</summary>
    /// <param name="first">The first that the program does not get.</param>
    /// <param name="kept">Those that we still need; what is below the first is passed over.</param>
    public static void CloseAllBut(int first, int[] kept)
    {
        const int CloseOnExec = 4;
        Array.Sort(kept);
        var from = first;
        foreach (var descriptor in kept)
        {
            if (descriptor > from)
            {
                Syscall.Check(Syscall.Try(SyscallNumber.CloseRange, from, descriptor - 1, 0), "close_range");
            }

            from = Math.Max(from, descriptor + 1);
        }

        Syscall.Check(Syscall.Try(SyscallNumber.CloseRange, from, int.MaxValue, 0), "close_range");
        Syscall.Check(Syscall.Try(SyscallNumber.CloseRange, first, int.MaxValue, CloseOnExec), "close_range");
    }

    /// <summary>The program's environment: each name once with its last value, as that is what `exec --env` and images mean; and HOME.</summary>
    /// <param name="process">The configuration of the process.</param>
    /// <param name="listening">How many descriptors of socket activation it gets.</param>
    public static List<string> EnvironmentOf(ProcessSpec process, int listening)
    {
        var environment = new List<string>();
        foreach (var variable in process.Env ?? [])
        {
            var equals = variable.IndexOf('=');
            if (equals < 1)
            {
                throw Failure.Of(6012, "reading process.env", $"invalid environment variable: \"{variable}\"", "Write NAME=VALUE.");
            }

            Set(environment, variable[..(equals + 1)], variable);
        }

        if (listening > 0)
        {
            Set(environment, "LISTEN_FDS=", $"LISTEN_FDS={listening}");
            Set(environment, "LISTEN_PID=", $"LISTEN_PID={Syscall.Try(SyscallNumber.Getpid)}");
        }

        if (!environment.Exists(variable => variable.StartsWith("HOME=", StringComparison.Ordinal) && variable.Length > "HOME=".Length))
        {
            Set(environment, "HOME=", "HOME=" + Credentials.HomeOf(process.User?.Uid ?? 0));
        }

        return environment;
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

    private static void Set(List<string> environment, string start, string variable)
    {
        var place = environment.FindIndex(other => other.StartsWith(start, StringComparison.Ordinal));
        if (place < 0)
        {
            environment.Add(variable);
        }
        else
        {
            environment[place] = variable;
        }
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
        error = FileStatus.Of(file.Number).Type == FileStatus.Directory ? Errno.EACCES : 0;
        return error == 0;
    }

    private static ContainerizeException NotFound(string name, string why) =>
        Failure.Of(6014, "starting the container process", $"exec: \"{name}\": {why}", "Check process.args, the PATH in process.env, and the files of the root filesystem.");
}
