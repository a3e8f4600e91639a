using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>The runtime as users get it: published once for all tests, native.</summary>
internal static class PublishedRuntime
{
    // An emulated machine cannot compile: there it is made already.
    private static readonly Lazy<Task<string>> Published = new(() => Environment.GetEnvironmentVariable("CONTAINERIZE_TEST_RUNTIME") is { Length: > 0 } made
        ? Task.FromResult(made) : PublishAsync("src/Containerize.Runtime", "artifacts/runtime-tests", "containerize-runtime"));

    /// <summary>The executable's path.</summary>
    public static Task<string> PathAsync => Published.Value;

    /// <summary>Publishes a project of the repository.</summary>
    /// <param name="project">Its directory.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="program">The executable's name.</param>
    /// <param name="platform">For which platform; absent: this one.</param>
    /// <param name="options">More options.</param>
    /// <returns>The executable's path.</returns>
    public static async Task<string> PublishAsync(string project, string folder, string program, string? platform = null, params string[] options)
    {
        var output = InRepository(folder);
        platform ??= RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        // Compiling ahead of time takes minutes on a busy machine.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["publish", InRepository(project), "-c", "Release", "-r", platform, "-o", output, .. options])
        {
            start.ArgumentList.Add(argument);
        }

        using var publish = Process.Start(start)!;
        var text = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? Path.Combine(output, program) : throw new InvalidOperationException(text);
    }

    /// <summary>The path of something in the repository.</summary>
    public static string InRepository(string relative) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../..", relative));

    private static string Here([CallerFilePath] string path = "") => path;
}
