using System.Globalization;
using Containerize.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Containers;

/// <summary>Something that has happened to a container.</summary>
/// <param name="Time">When.</param>
/// <param name="Action">What: create, start, die, pause, unpause, health_status: ..., rename, destroy.</param>
/// <param name="Id">To which.</param>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image.</param>
/// <param name="ExitCode">How it ended.</param>
internal sealed record ContainerEvent(DateTimeOffset Time, string Action, string Id, string Name, string Image, int? ExitCode)
{
    /// <summary>As docker prints it.</summary>
    internal string Text
    {
        get
        {
            var code = ExitCode is { } number ? string.Create(CultureInfo.InvariantCulture, $"exitCode={number}, ") : "";
            return $"{Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00'zzz", CultureInfo.InvariantCulture)} container {Action} {Id} ({code}image={Image}, name={Name})";
        }
    }

    /// <summary>What a container's record still knows.</summary>
    internal static IEnumerable<ContainerEvent> Known(LocalContainer container)
    {
        yield return Of(container, "create", container.Record.Created);
        if (container.Status.StartedAt is { } started)
        {
            yield return Of(container, "start", started);
        }

        if (container.Status.FinishedAt is { } finished)
        {
            yield return Of(container, "die", finished) with { ExitCode = container.Status.ExitCode };
        }
    }

    /// <summary>What must have happened from one look to the next.</summary>
    internal static IEnumerable<ContainerEvent> Between(Dictionary<string, LocalContainer> before, Dictionary<string, LocalContainer> after)
    {
        var events = new List<ContainerEvent>();
        foreach (var container in after.Values)
        {
            events.AddRange(before.TryGetValue(container.Id, out var earlier) ? Changes(earlier, container) : Known(container));
        }

        foreach (var gone in before.Values.Where(c => !after.ContainsKey(c.Id)))
        {
            if (gone.IsRunning)
            {
                events.Add(Of(gone, "die", null));
            }

            events.Add(Of(gone, "destroy", null));
        }

        return events.OrderBy(e => e.Time);
    }

    private static IEnumerable<ContainerEvent> Changes(LocalContainer earlier, LocalContainer now)
    {
        if (earlier.Name != now.Name)
        {
            yield return Of(now, "rename", null);
        }

        if (now.Status.FinishedAt is { } finished && finished != earlier.Status.FinishedAt)
        {
            yield return Of(now, "die", finished) with { ExitCode = now.Status.ExitCode };
        }

        if (now.Status.StartedAt is { } started && started != earlier.Status.StartedAt)
        {
            yield return Of(now, "start", started);
            // It was started and has ended since the last look; the state keeps the end only until the next start.
            if (now.Status.FinishedAt is null && earlier.IsRunning)
            {
                yield return Of(now, "die", null);
            }
        }

        if (earlier.Status.Status != now.Status.Status && (earlier.Status.Status == "paused" || now.Status.Status == "paused") && now.IsRunning)
        {
            yield return Of(now, now.Status.Status == "paused" ? "pause" : "unpause", null);
        }

        if (now.Status.Health is { } health && health.Status != earlier.Status.Health?.Status && health.Status != "starting")
        {
            yield return Of(now, $"health_status: {health.Status}", null);
        }
    }

    private static ContainerEvent Of(LocalContainer container, string action, string? time) =>
        new(ContainerTimes.Read(time)?.ToLocalTime() ?? DateTimeOffset.Now, action, container.Id, container.Name, container.Record.Image, null);
}
