using System.Collections;

namespace Containerize.Linux;

/// <summary>Becomes another program (execve(2)).</summary>
internal static unsafe class ProgramImage
{
    /// <summary>Replaces this process; returns only by failing.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="changes">Variables that are set beside our own.</param>
    /// <exception cref="SyscallException">It cannot be executed.</exception>
    public static void Replace(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> changes)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        foreach (var (name, value) in changes)
        {
            variables[name] = value;
        }

        using var program = new NativeText(path);
        using var words = new NativeStrings([.. arguments]);
        using var environment = new NativeStrings([.. variables.Select(v => $"{v.Key}={v.Value}")]);
        Syscall.Check(Syscall.Try(SyscallNumber.Execve, program.Address, (nint)words.Pointers, (nint)environment.Pointers), "execve", path);
    }
}
