using System.Diagnostics;
using System.Globalization;
using Containerize.Containers;
using Containerize.Linux;

namespace Containerize.Tool.Containers;

/// <summary>Starts containers: each under a monitor of its own, which lives on without us.</summary>
/// <param name="engine">The local engine.</param>
internal sealed class Launching(LocalEngine engine)
{
    /// <summary>The exit code of docker for what went wrong before the container's own program.</summary>
    internal const int Failed = 125;

    private const int Attempts = 3;

    /// <summary>Starts a container and leaves it to its monitor; CTZ5025 where it cannot be started.</summary>
    /// <returns>0, or 125, 126 or 127 as docker has them.</returns>
    internal (int Code, string Why) StartDetached(ContainerPaths paths)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            EnsureMonitor(paths);
            using var monitor = MonitorClient.TryConnect(paths);
            monitor?.Send(ControlMessage.Start);
            switch (monitor?.ReceiveOnly(ControlMessage.Started, ControlMessage.Failed, ControlMessage.Exited))
            {
                case null:
                    // It was about to end when we came, and heard nobody.
                    continue;
                case { Kind: ControlMessage.Failed } answer:
                    return (answer.Number, MissingProgram.TryTranslate(answer.Text) ?? answer.Text);
                case { Kind: ControlMessage.Started, Text.Length: > 0 } answer:
                    engine.Warn(answer.Text);
                    return (0, "");
                default:
                    return (0, "");
            }
        }

        return (Failed, "its monitor ended without a word");
    }

    /// <summary>Becomes the one in front of a container, and starts it; returns only by failing.</summary>
    /// <param name="paths">The container.</param>
    /// <param name="words">More words for the runtime's attach.</param>
    internal void Become(ContainerPaths paths, params IEnumerable<string> words)
    {
        using var monitor = StartMonitor(paths);
        string[] ready = monitor is null ? [] : ["--ready-descriptor", monitor.HandOver().ToString(CultureInfo.InvariantCulture)];
        Attach(paths, [.. ready, .. words]);
    }

    /// <summary>Starts a container with another process in front of it, on our own terminal; gives that process.</summary>
    /// <param name="paths">The container.</param>
    /// <param name="words">More words for the runtime's attach.</param>
    internal Process StartInFront(ContainerPaths paths, params IEnumerable<string> words)
    {
        EnsureMonitor(paths);
        var start = new ProcessStartInfo(engine.Runtime.Path, ["--root", engine.Runtime.StateRoot, "attach", "--directory", paths.Directory, .. words]) { UseShellExecute = false };
        return Process.Start(start)!;
    }

    /// <summary>Becomes the one in front of a container that has a monitor.</summary>
    internal void Attach(ContainerPaths paths, params IEnumerable<string> words) =>
        ProgramImage.Replace(
            engine.Runtime.Path,
            ["containerize-runtime", "--root", engine.Runtime.StateRoot, "attach", "--directory", paths.Directory, .. words],
            new Dictionary<string, string>());

    /// <summary>Runs the runtime to its end; its exit code, and what it printed.</summary>
    internal (int Code, string Output, string Error) Run(params IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(engine.Runtime.Path) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("--root");
        start.ArgumentList.Add(engine.Runtime.StateRoot);
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult().Trim());
    }

    private void EnsureMonitor(ContainerPaths paths)
    {
        using var monitor = StartMonitor(paths);
        monitor?.Await();
    }

    // Null where one is there; in the directory of a container that is new none was.
    private StartedMonitor? StartMonitor(ContainerPaths paths)
    {
        using var present = File.Exists(paths.MonitorLock) ? MonitorClient.TryConnect(paths) : null;
        return present is null ? StartedMonitor.Start(engine.Runtime, paths) : null;
    }
}
