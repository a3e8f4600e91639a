using System.Runtime.InteropServices;
using Containerize.Storage;

namespace Containerize.Tool.Containers;

/// <summary>The runtime that goes with the tool: where it is, and what it is told.</summary>
/// <param name="Path">The program.</param>
/// <param name="StateRoot">Where it keeps the state of containers.</param>
internal sealed record RuntimeProgram(string Path, string StateRoot)
{
    private const string Name = "containerize-runtime";

    /// <summary>Finds it; CTZ5040 where this machine has none.</summary>
    internal static RuntimeProgram Find(Terminal terminal)
    {
        RequireLinux();
        var paths = StoragePaths.From(terminal.Variable);
        var root = System.IO.Path.Combine(paths.Runtime, "runtime");
        if (terminal.Variable("CONTAINERIZE_RUNTIME") is { Length: > 0 } given)
        {
            return new RuntimeProgram(given, root);
        }

        var platform = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var carried = System.IO.Path.Combine(AppContext.BaseDirectory, "runtimes", platform, Name);
        if (!File.Exists(carried))
        {
            throw new ContainerizeException(
                5040, "finding the runtime that runs containers", $"this build of the tool has none for {platform}", "Install the tool from its package, or name one by CONTAINERIZE_RUNTIME.");
        }

        return new RuntimeProgram(Executable(carried, paths), root);
    }

    // NuGet lets only the one who installed a tool execute what is in it.
    private static string Executable(string carried, StoragePaths paths)
    {
        if (OperatingSystem.IsWindows() || MayExecute(carried))
        {
            return carried;
        }

        var copy = System.IO.Path.Combine(paths.Cache, "runtimes", ProductVersion.Current, Name);
        if (!File.Exists(copy))
        {
            var temporary = $"{copy}.{Environment.ProcessId}";
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(carried, temporary, overwrite: true);
            File.SetUnixFileMode(temporary, (UnixFileMode)0b111_101_101);
            File.Move(temporary, copy, overwrite: true);
        }

        return copy;
    }

    private static bool MayExecute(string path)
    {
        using var text = new Linux.NativeText(path);
        const int Execute = 1;
        const int Effective = 0x200;
        return Linux.Syscall.Try(Linux.SyscallNumber.Faccessat2, Linux.Descriptor.WorkingDirectory, text.Address, Execute, Effective) >= 0;
    }

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ContainerizeException(
                5041,
                "running a container",
                "containers run on Linux; on Windows WSL 2 is one",
                "Hand the image to an engine that is installed: 'dotnet containerize run --engine docker IMAGE' (or podman).");
        }
    }
}
