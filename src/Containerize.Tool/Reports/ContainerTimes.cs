using System.Globalization;
using Containerize.Containers;

namespace Containerize.Tool.Reports;

/// <summary>Times of containers for people, as docker words them.</summary>
internal static class ContainerTimes
{
    /// <summary>"Up 3 minutes (healthy)", "Exited (0) 2 hours ago", "Created".</summary>
    internal static string Status(LocalContainer container, DateTimeOffset now)
    {
        var status = container.Status;
        var health = status.Health is { } h ? $" ({(h.Status == "starting" ? "health: starting" : h.Status)})" : "";
        return status.Status switch
        {
            "running" => $"Up {Since(status.StartedAt, now)}{health}",
            "paused" => $"Up {Since(status.StartedAt, now)} (Paused)",
            "restarting" => $"Restarting ({status.ExitCode}) {Since(status.FinishedAt, now)} ago",
            "exited" when status.StartedAt is null && status.Error is not null => "Created",
            "exited" => status.FinishedAt is null ? $"Exited ({status.ExitCode})" : $"Exited ({status.ExitCode}) {Since(status.FinishedAt, now)} ago",
            _ => "Created",
        };
    }

    /// <summary>"5 minutes", "About an hour".</summary>
    internal static string Since(string? time, DateTimeOffset now)
    {
        var span = Read(time) is { } then && then < now ? now - then : TimeSpan.Zero;
        return span switch
        {
            { TotalSeconds: < 1 } => "Less than a second",
            { TotalSeconds: < 2 } => "1 second",
            { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} seconds",
            { TotalMinutes: < 2 } => "About a minute",
            { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} minutes",
            { TotalHours: < 2 } => "About an hour",
            { TotalHours: < 48 } => $"{(int)span.TotalHours} hours",
            { TotalDays: < 14 } => $"{(int)span.TotalDays} days",
            { TotalDays: < 60 } => $"{(int)(span.TotalDays / 7)} weeks",
            { TotalDays: < 730 } => $"{(int)(span.TotalDays / 30)} months",
            _ => $"{(int)(span.TotalDays / 365)} years",
        };
    }

    /// <summary>A time of a record; null where there is none.</summary>
    internal static DateTimeOffset? Read(string? time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) ? read : null;
}
