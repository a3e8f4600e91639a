using System.Diagnostics;
using System.Text;
using Xunit;

namespace Containerize.Tests.Layers;

/// <summary>Runs other people's programs, which say whether what we write can be read.</summary>
internal static class Tool
{
    public static string Run(string name, params string[] arguments)
    {
        Skip.IfNot(IsThere(name), $"{name} is not installed");
        var start = new ProcessStartInfo(name) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {process.ExitCode}\n{errors.Result}");
        return output;
    }

    private static bool IsThere(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));
}
