using System.ComponentModel;
using System.Diagnostics;

namespace Containerize.Testing;

/// <summary>dotnet-containerize, and the surroundings in which it is started.</summary>
/// <param name="path">The program, or an assembly.</param>
internal sealed class ToolProgram(string path)
{
    private const int PermissionDenied = 13;

    // What a test's process has from `dotnet test`, its collectors and debuggers is not for a build of another project.
    private static readonly string[] Foreign = ["MSBUILD", "CORECLR_", "COR_", "COREHOST_", "VSTEST_", "TESTINGPLATFORM_", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS"];

    private string _path = path;

    private static string? Host =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } named ? named
        : Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath
        : null;

    /// <summary>Starts it; CTZ8002 where that cannot be.</summary>
    /// <param name="words">What it is told.</param>
    internal Process Start(IReadOnlyList<string> words)
    {
        try
        {
            return Process.Start(Request(words))!;
        }
        catch (Win32Exception e) when (e.NativeErrorCode == PermissionDenied && !OperatingSystem.IsWindows())
        {
            // NuGet lets only the one who restored a package execute what is in it.
            _path = ToolCopy.Of(_path);
            return Process.Start(Request(words))!;
        }
        catch (Win32Exception e)
        {
            throw new ContainerFixtureException("CTZ8002", $"starting {_path}: {e.Message}. Name another program by CONTAINERIZE_TOOL.", e);
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="words">What it is told.</param>
    /// <param name="token">Ends it.</param>
    internal async Task<ExecResult> RunAsync(IReadOnlyList<string> words, CancellationToken token)
    {
        using var process = Start(words);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(token);
            var error = process.StandardError.ReadToEndAsync(token);
            await process.WaitForExitAsync(token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private ProcessStartInfo Request(IReadOnlyList<string> words)
    {
        var start = _path.EndsWith(".dll", StringComparison.Ordinal) ? new ProcessStartInfo(Host ?? "dotnet", [_path, .. words]) : new ProcessStartInfo(_path, words);
        start.WorkingDirectory = ToolLocation.Directory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var name in start.Environment.Keys.Where(key => Foreign.Any(foreign => key.StartsWith(foreign, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }

        // A build node that outlives the build would keep our pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        if (Host is { } host)
        {
            start.Environment["DOTNET_HOST_PATH"] = host;
        }

        return start;
    }
}
