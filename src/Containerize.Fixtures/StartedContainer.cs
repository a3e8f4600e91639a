using System.Diagnostics;
using System.Globalization;

namespace Containerize.Testing;

/// <summary>A container and the process of the tool that stays in front of it.</summary>
/// <remarks>
/// That process is told <c>run --rm --lease</c>, with a pipe of ours as its input: when this process ends, however that comes, the kernel closes the pipe, the
/// tool goes, and the container's own monitor ends and removes it.
/// </remarks>
internal sealed class StartedContainer : IAsyncDisposable
{
    private const int WholeId = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly ToolProgram _tool;
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly Task _ended;
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<int, Uri> _addresses = [];
    private readonly IReadOnlyList<int> _ports;

    private StartedContainer(ToolProgram tool, ContainerOptions options)
    {
        (_tool, _ports) = (tool, options.Ports);
        _folder = Directory.CreateTempSubdirectory("containerize-testing-");
        // In this order: the file goes when we have the id.
        Log = new ContainerLog(() => File.Exists(IdFile) || Id is not null);
        Checks = [.. options.Conditions.Select(condition => condition.Begin(this))];
        try
        {
            _process = tool.Start(RunCommand.Words(options, IdFile));
        }
        catch
        {
            _folder.Delete(recursive: true);
            throw;
        }

        var output = Log.ReadAsync(_process.StandardOutput);
        var error = Log.ReadAsync(_process.StandardError);
        _ended = EndAsync(output, error);
    }

    /// <summary>Starts the tool.</summary>
    internal static StartedContainer Begin(ToolProgram tool, ContainerOptions options) => new(tool, options);

    /// <summary>What is waited for.</summary>
    internal IReadOnlyList<ConditionCheck> Checks { get; }

    /// <summary>What it has printed; before there is a container, what the tool says.</summary>
    internal ContainerLog Log { get; }

    /// <summary>Its id; null before it is made.</summary>
    internal string? Id { get; private set; }

    /// <summary>How it has ended, when all that it printed is in the log.</summary>
    internal int? ExitCode => _ended.IsCompleted ? _process.ExitCode : null;

    private string IdFile => Path.Combine(_folder.FullName, "id");

    /// <summary>Waits until there is a container, or the tool has ended without one.</summary>
    internal async Task PreparedAsync(CancellationToken token)
    {
        while (!TryReadId() && ExitCode is null)
        {
            await Task.Delay(Pause, token);
        }
    }

    /// <summary>Waits until it runs and its ports are known, or it has ended.</summary>
    internal async Task RunningAsync(CancellationToken token)
    {
        while (ExitCode is null && (await InspectAsync(token))?.Status != "running")
        {
            await Task.Delay(Pause, token);
        }

        foreach (var port in ExitCode is null ? _ports : [])
        {
            var text = port.ToString(CultureInfo.InvariantCulture);
            if (await _tool.RunAsync(["port", Id!, text], token) is { ExitCode: 0 } said)
            {
                _addresses[port] = new Uri($"http://{said.Output.Trim()}/");
            }
        }
    }

    /// <summary>What the engine says of it; null where it has gone.</summary>
    internal async Task<ContainerState?> InspectAsync(CancellationToken token) =>
        Id is not null && await _tool.RunAsync(["inspect", "--type", "container", "--format", "json", Id], token) is { ExitCode: 0 } said ? ContainerState.Parse(said.Output) : null;

    /// <summary>Its first process; 0 where there is none.</summary>
    internal async Task<int> PidAsync(CancellationToken token) => (await InspectAsync(token))?.Pid ?? 0;

    /// <summary>Where one of its ports is; null: the first.</summary>
    internal Uri AddressOf(int? port)
    {
        var wanted = port ?? (_ports.Count > 0 ? _ports[0] : 0);
        return _addresses.TryGetValue(wanted, out var address)
            ? address
            : throw new ContainerFixtureException("CTZ8007", wanted == 0 ? "finding a port of the container: its options have none. Name it in ContainerOptions.Ports." : $"finding port {wanted} of the container: it is not published. Name it in ContainerOptions.Ports.");
    }

    /// <summary>Runs a program in it.</summary>
    internal Task<ExecResult> ExecAsync(IReadOnlyList<string> command, CancellationToken token) => _tool.RunAsync(["exec", Id!, .. command], token);

    /// <summary>Stops it, and waits for the end; its exit code.</summary>
    internal async Task<int> StopAsync(CancellationToken token)
    {
        var said = await _tool.RunAsync(["stop", Id!], token);
        try
        {
            // Also where that failed: it may just have ended by itself.
            await _ended.WaitAsync(Patience, token);
        }
        catch (TimeoutException e)
        {
            throw new ContainerFixtureException("CTZ8008", $"stopping the container {Id}: it still runs. {said.Error.Trim()}".TrimEnd(), e);
        }

        return _process.ExitCode;
    }

    /// <summary>Keeps something for as long as the container.</summary>
    internal T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        TryReadId();
        if (Id is null)
        {
            // Still pulling or building, or nothing has come of it.
            _process.Kill(entireProcessTree: true);
            await Task.WhenAny(_ended, Task.Delay(Patience));
            TryReadId();
        }

        if (Id is not null && (ExitCode is null || await InspectAsync(CancellationToken.None) is not null))
        {
            await RemoveAsync();
        }

        // Whatever came of that, the end of the lease ends the container.
        _process.StandardInput.Close();
        await Task.WhenAny(_ended, Task.Delay(Patience));
        _owned.ForEach(owned => owned.Dispose());
        _process.Dispose();
        if (Id is null)
        {
            _folder.Delete(recursive: true);
        }
    }

    private async Task RemoveAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _tool.RunAsync(["rm", "--force", "--volumes", Id!], limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The lease is left.
        }
    }

    // What the tool's children left open is not waited for.
    private async Task EndAsync(Task output, Task error)
    {
        await _process.WaitForExitAsync();
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(DrainTime));
    }

    private bool TryReadId()
    {
        if (Id is null && File.Exists(IdFile) && File.ReadAllText(IdFile).Trim() is { Length: WholeId } id)
        {
            Id = id;
            _folder.Delete(recursive: true);
        }

        return Id is not null;
    }
}
