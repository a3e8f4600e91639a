using System.Diagnostics;
using System.Globalization;
using Containerize.Containers;
using Containerize.Linux;

namespace Containerize.Tool.Containers;

/// <summary>A container's monitor that was started, in a session of its own, and says when it can be talked to.</summary>
/// <remarks>Nobody waits for it before he has to: it makes the container while whoever wants that started comes up.</remarks>
internal sealed class StartedMonitor : IDisposable
{
    private const int MostWords = 65536;
    private readonly ContainerPaths _paths;
    private readonly Descriptor _answer;

    private StartedMonitor(ContainerPaths paths, Descriptor answer) => (_paths, _answer) = (paths, answer);

    /// <summary>Starts it.</summary>
    internal static StartedMonitor Start(RuntimeProgram runtime, ContainerPaths paths)
    {
        var (answer, monitors) = Pipe.Make();
        using (monitors)
        {
            Pipe.InheritNothing();
            Pipe.Inherit(monitors.Number);
            var number = monitors.Number.ToString(CultureInfo.InvariantCulture);
            var start = new ProcessStartInfo(runtime.Path, ["--root", runtime.StateRoot, "monitor", "--directory", paths.Directory, "--ready-descriptor", number])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            return new StartedMonitor(paths, answer);
        }
    }

    /// <summary>Waits until it can be talked to; CTZ5025 where that will not be.</summary>
    internal void Await()
    {
        if (MonitorReadiness.Refusal(FileSystem.ReadToEnd(_answer.Number, MostWords, "the monitor")) is { } why)
        {
            throw new ContainerizeException(5025, $"starting the container {Path.GetFileName(_paths.Directory)[..12]}", why, "");
        }
    }

    /// <summary>Leaves the waiting to the program that takes our place; the descriptor on which it waits.</summary>
    internal int HandOver()
    {
        Pipe.Inherit(_answer.Number);
        return _answer.Number;
    }

    /// <inheritdoc/>
    public void Dispose() => _answer.Dispose();
}
