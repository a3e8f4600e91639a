using Containerize.Containers;

namespace Containerize.Runtime.Monitoring;

/// <summary>What has happened to a container, by its status before and after.</summary>
internal static class StatusChange
{
    /// <summary>The events in docker's words, in the order in which they happened.</summary>
    public static IEnumerable<EventRecord> Between(ContainerStatus before, ContainerStatus after)
    {
        if (after.FinishedAt is not null && after.FinishedAt != before.FinishedAt)
        {
            if (after.OutOfMemory)
            {
                yield return new EventRecord { Action = "oom" };
            }

            yield return new EventRecord { Action = "die", ExitCode = after.ExitCode };
        }

        if (after.StartedAt is not null && after.StartedAt != before.StartedAt)
        {
            yield return new EventRecord { Action = "start" };
        }
        else if ((before.Status, after.Status) is ("running", "paused") or ("paused", "running"))
        {
            yield return new EventRecord { Action = after.Status == "paused" ? "pause" : "unpause" };
        }

        if (after.Health is { } health && health.Status != before.Health?.Status && health.Status != "starting")
        {
            yield return new EventRecord { Action = $"health_status: {health.Status}" };
        }
    }
}
