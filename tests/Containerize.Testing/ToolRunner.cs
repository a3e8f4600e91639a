using System.Diagnostics;
using Xunit;

namespace Containerize.Testing;

/// <summary>Runs somebody else's program as an oracle, with a time limit.</summary>
public static class ToolRunner
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>What a program did.</summary>
    public sealed record Result(int ExitCode, string Output, string Errors)
    {
        /// <summary>The output of a program that must succeed.</summary>
        public string Succeeded() => ExitCode == 0 ? Output : throw new InvalidOperationException($"Exit code {ExitCode}\n{Output}\n{Errors}");
    }

    /// <summary>Skips the test where the program is not installed.</summary>
    public static void Require(string program) => Skip.If(Find(program) is null, $"{program} is not installed");

    /// <summary>The path of a program; null where it is not installed.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    public static Task<Result> RunAsync(string program, params string[] arguments) => RunWithAsync(program, arguments, new Dictionary<string, string>());

    /// <summary>Runs a shell's command at a terminal of its own, where nobody types; lines end as they do in a file.</summary>
    /// <remarks>script(1) types the end of its own input, wherever the output is by then: it gets a FIFO that does not end.</remarks>
    public static async Task<Result> RunInTerminalAsync(string command)
    {
        Require("script");
        using var folder = new TemporaryFolder();
        var result = await RunAsync("sh", "-c", """mkfifo "$2" && exec script -qec "$1" /dev/null <>"$2" """, "sh", command, folder["keyboard"]);
        return result with { Output = result.Output.ReplaceLineEndings("\n") };
    }

    /// <summary>Runs a program with additional environment variables.</summary>
    public static async Task<Result> RunWithAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Result(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {Limit.TotalSeconds} s.");
        }
    }
}
