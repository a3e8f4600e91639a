using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>The options <c>--health-*</c>; what is null is the image's. Times in nanoseconds.</summary>
public sealed record HealthOptions
{
    private const long Millisecond = 1_000_000;

    /// <summary>A shell command.</summary>
    public string? Command { get; init; }

    /// <summary>Whether there is none (<c>--no-healthcheck</c>).</summary>
    public bool None { get; init; }

    /// <summary>Between two checks.</summary>
    public long? Interval { get; init; }

    /// <summary>What takes longer has failed.</summary>
    public long? Timeout { get; init; }

    /// <summary>For so long after the start failures do not count.</summary>
    public long? StartPeriod { get; init; }

    /// <summary>Between two of them in that time.</summary>
    public long? StartInterval { get; init; }

    /// <summary>So many failures in a row make it unhealthy.</summary>
    public int? Retries { get; init; }

    /// <summary>The check with what the image says below this; null: none.</summary>
    /// <param name="image">The image's.</param>
    /// <param name="shell">The image's shell.</param>
    public HealthPlan? Over(Healthcheck? image, IReadOnlyList<string>? shell)
    {
        var test = Command is null ? image?.Test : ["CMD-SHELL", Command];
        if (None || test is null or [] or ["NONE", ..])
        {
            return null;
        }

        var preset = new HealthPlan();
        return new HealthPlan
        {
            Command = test[0] == "CMD-SHELL" ? [.. shell is { Count: > 0 } ? shell : ["/bin/sh", "-c"], .. test.Skip(1)]
                : test[0] == "CMD" ? [.. test.Skip(1)]
                : test,
            Interval = Time(Interval, image?.Interval, preset.Interval),
            Timeout = Time(Timeout, image?.Timeout, preset.Timeout),
            StartPeriod = Time(StartPeriod, image?.StartPeriod, preset.StartPeriod),
            StartInterval = Time(StartInterval, image?.StartInterval, preset.StartInterval),
            Retries = Retries is > 0 and var own ? own : image?.Retries is > 0 and var given ? given : preset.Retries,
        };
    }

    private static long Time(long? own, long? image, long preset) =>
        own is > 0 and var a ? Math.Max(1, a / Millisecond) : image is > 0 and var b ? Math.Max(1, b / Millisecond) : preset;
}
