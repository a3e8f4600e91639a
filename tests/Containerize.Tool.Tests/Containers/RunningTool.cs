using System.Diagnostics;
using System.Text;
using Containerize.Testing;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A command that goes on while the test does, and whose output is there to be looked at.</summary>
public sealed class RunningTool : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    internal RunningTool(string program, IEnumerable<string> words, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>What it has printed so far, of both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Waits, for a while, until it has printed something.</summary>
    public Task UntilAsync(string text) => LocalMachine.UntilAsync(() => Task.FromResult(_process.HasExited || Output.Contains(text, StringComparison.Ordinal)));

    /// <summary>Sends it a signal.</summary>
    public Task SignalAsync(string signal) => ToolRunner.RunAsync("kill", "-" + signal, $"{Id}");

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(1));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Append(line).Append('\n');
            }
        }
    }
}
