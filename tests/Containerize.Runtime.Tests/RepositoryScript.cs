using System.Diagnostics;
using Containerize.Runtime.Tests.RootFileSystem;
using Xunit;

namespace Containerize.Runtime.Tests;

/// <summary>A script beside the tests that runs many of them elsewhere, for as long as that takes, and ends with their sum.</summary>
internal static class RepositoryScript
{
    /// <summary>Runs it with our runtime in a variable; its last line is to match.</summary>
    public static async Task AssertAsync(string script, string variable, string lastLine)
    {
        var start = new ProcessStartInfo(PublishedRuntime.InRepository(script)) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable] = await PublishedRuntime.PathAsync;
        // The slow tests are those that have called it.
        start.Environment.Remove("CONTAINERIZE_SLOW_TESTS");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await errors);
        Assert.Matches($"\n{lastLine}\n$", await output);
    }
}
