using System.Globalization;
using Containerize.Testing.Waiting;

namespace Containerize.Testing;

/// <summary>The start of a container: prepared, started, waited for; or one exception that says all.</summary>
internal static class ContainerStart
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Starts one.</summary>
    internal static async Task<StartedContainer> RunAsync(ContainerOptions options, CancellationToken token)
    {
        var tool = new ToolProgram(ToolLocation.Find(options.Tool));
        var container = await PrepareAsync(tool, options, token);
        try
        {
            using var limit = Limit(options.StartTimeout, token);
            await WaitAsync(container, options, limit.Token, token);
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    // One build of a project at a time, until there is a container of it.
    private static async Task<StartedContainer> PrepareAsync(ToolProgram tool, ContainerOptions options, CancellationToken token)
    {
        using var turn = options.Project is { } project ? await BuildTurn.TakeAsync(project, token) : null;
        using var limit = Limit(options.PrepareTimeout, token);
        var container = StartedContainer.Begin(tool, options);
        try
        {
            await container.PreparedAsync(limit.Token);
            return container.Id is not null
                ? container
                : throw Unprepared(container, options);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            var failure = new ContainerFixtureException(
                "CTZ8003", $"preparing a container of {options.Subject}: it took longer than {Text(options.PrepareTimeout)}. See what holds it up, or wait longer: PrepareTimeout.", null, container.Log.Lines);
            await container.DisposeAsync();
            throw failure;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    private static async Task WaitAsync(StartedContainer container, ContainerOptions options, CancellationToken limited, CancellationToken token)
    {
        var missing = "it does not run";
        try
        {
            await container.RunningAsync(limited);
            foreach (var check in container.Checks)
            {
                // Soon again at first, and then not so often that nothing else is in the log.
                for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 3 / 2, LastPause.Ticks)))
                {
                    // Looked at first: what it did last still counts.
                    var code = container.ExitCode;
                    if (await check(limited) is not { } still)
                    {
                        break;
                    }

                    missing = still;
                    if (code is { } ended)
                    {
                        throw Ended(container, options, ended, missing);
                    }

                    await Task.Delay(pause, limited);
                }
            }

            if (container.ExitCode is { } exit && container.Checks.Count == 0)
            {
                throw Ended(container, options, exit, "nothing was to be waited for");
            }
        }
        catch (HopelessWaitException e)
        {
            throw new ContainerFixtureException("CTZ8005", $"waiting for a container of {options.Subject}: {e.Message}. Correct it, or wait for something else.", container.ExitCode, container.Log.Lines);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new ContainerFixtureException(
                "CTZ8006", $"waiting for a container of {options.Subject}: {missing} after {Text(options.StartTimeout)}. See what it printed, or wait longer: StartTimeout.", container.ExitCode, container.Log.Lines);
        }
    }

    // The tool's last word is why.
    private static ContainerFixtureException Unprepared(StartedContainer container, ContainerOptions options)
    {
        var (lines, error) = container.Log.LinesAndError();
        return new("CTZ8003", $"preparing a container of {options.Subject}: {error ?? $"dotnet-containerize has ended with exit code {container.ExitCode}"}", null, lines.Count == 0 ? null : lines);
    }

    // What stands in front of the container says itself why it could not be started.
    private static ContainerFixtureException Ended(StartedContainer container, ContainerOptions options, int code, string missing)
    {
        var (lines, error) = container.Log.LinesAndError();
        return error is not null
            ? new("CTZ8004", $"starting a container of {options.Subject}: {error}", code, lines)
            : new("CTZ8005", $"waiting for a container of {options.Subject}: it has ended, and {missing}. See what it printed.", code, lines);
    }

    private static CancellationTokenSource Limit(TimeSpan time, CancellationToken token)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(time);
        return limit;
    }

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
