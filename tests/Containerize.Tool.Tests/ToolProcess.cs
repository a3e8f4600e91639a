using System.Diagnostics;
using Containerize.Testing;

namespace Containerize.Tool.Tests;

/// <summary>The tool as a process of its own, in a shell's place: for what the system does to processes.</summary>
internal sealed class ToolProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ToolProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The tool's own file.</summary>
    internal static string File { get; } = Path.Combine(AppContext.BaseDirectory, "dotnet-containerize.dll");

    /// <summary>The folder of all that a shell's tool keeps.</summary>
    internal static string RootOf(Shell shell) => Path.GetDirectoryName(shell.Paths.Cache)!;

    internal static ToolProcess Start(Shell shell, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [File, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = shell.Directory,
        };
        start.Environment["CONTAINERIZE_ROOT"] = RootOf(shell);
        start.Environment["HOME"] = shell.Directory;
        foreach (var (name, value) in shell.Variables)
        {
            start.Environment[name] = value;
        }

        return new ToolProcess(Process.Start(start)!);
    }

    /// <summary>Ends it as Ctrl-C does; gives how long that took too.</summary>
    internal async Task<(Outcome Outcome, TimeSpan Took)> InterruptAsync()
    {
        (await ToolRunner.RunAsync("kill", "-INT", $"{_process.Id}")).Succeeded();
        var took = Stopwatch.StartNew();
        var outcome = await EndAsync();
        return (outcome, took.Elapsed);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    internal async Task<Outcome> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return new Outcome(_process.ExitCode, await _output, await _error, []);
    }

    /// <summary>Waits for something that it does; fails where it ends before.</summary>
    internal async Task UntilAsync(Func<bool> isSo)
    {
        var limit = Stopwatch.StartNew();
        while (!isSo())
        {
            if (_process.HasExited || limit.Elapsed > Limit)
            {
                throw new InvalidOperationException($"It did not come to that.\n{(_process.HasExited ? (await EndAsync()).Transcript() : "")}");
            }

            await Task.Delay(10);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
