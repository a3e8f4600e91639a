using System.Diagnostics;
using Xunit;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>Other people's programs, bounded in time.</summary>
internal static class Tool
{
    public static string Run(string program, IReadOnlyList<string> arguments, string folder, int seconds = 300)
    {
        using var process = Process.Start(Start(program, arguments, folder))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{output.Result}\n{error.Result}");
        return output.Result;
    }

    public static ProcessStartInfo Start(string program, IReadOnlyList<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the test host was started with (MSBuild's own settings among them) is not for the programs.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(p => File.Exists(Path.Combine(p, program)));
}
