using System.Diagnostics;
using System.Text;

namespace Containerize.Package.Tests.Publishing;

/// <summary>What a program left: its exit code and all that it wrote, standard output and error in the order of arrival.</summary>
public sealed record ShellResult(int ExitCode, string Output)
{
    /// <summary>The output of a program that must have succeeded.</summary>
    public string Succeeded() => ExitCode == 0 ? Output : throw new InvalidOperationException($"exit code {ExitCode}:\n{Output}");
}

/// <summary>Runs programs, bounded in time; what is too slow is killed with its children, and nothing else is.</summary>
public static class Shell
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ShellResult RunIn(string folder, IReadOnlyDictionary<string, string?>? environment, params string[] command)
    {
        using var process = Start(folder, environment, command);
        return process.End(TimeSpan.FromMinutes(6));
    }

    /// <summary>Runs a program in the folder of temporary files.</summary>
    public static ShellResult Run(params string[] command) => RunIn(Path.GetTempPath(), null, command);

    /// <summary>Starts a program.</summary>
    public static ShellProcess Start(string folder, IReadOnlyDictionary<string, string?>? environment, params string[] command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = start.Environment["PATH"] + ":/usr/sbin:/sbin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ShellProcess(start);
    }

    /// <summary>Whether a program is on the path, or in sbin.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Any(f => File.Exists(Path.Combine(f, program)));
}

/// <summary>A running program whose output is gathered.</summary>
public sealed class ShellProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    internal ShellProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What it has written until now.</summary>
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

    /// <summary>Waits for its end; after the limit it is killed with its children, which is an error.</summary>
    public ShellResult End(TimeSpan limit)
    {
        // Not WaitForExit() without a limit: a compiler server that outlives the build may hold the pipe open.
        if (!_process.WaitForExit(limit))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} took more than {limit}:\n{Output}");
        }

        using var drained = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            _process.WaitForExitAsync(drained.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // What is said is said.
        }

        return new ShellResult(_process.ExitCode, Output);
    }

    /// <summary>Kills it, with its children, where it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5000);
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
