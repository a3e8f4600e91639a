using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Containerize.Registries;

/// <summary>What is worth repeating, how often, and how long to wait before it.</summary>
internal sealed class RegistryRetry(string registry, RegistryOptions options)
{
    /// <summary>How often a request is sent whose answer may be another next time.</summary>
    internal const int Tries = 5;

    // A minute of silence, each.
    private const int TriesInSilence = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>Whether a failure to get an answer may be gone next time.</summary>
    internal static bool IsTransient(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => false,
        HttpRequestException or IOException => true,
        _ => false,
    };

    /// <summary>Whether an answer may be another next time.</summary>
    internal static bool IsTransient(HttpStatusCode status) => (int)status is 408 or 429 or 499 or 500 or 502 or 503 or 504 or 522;

    /// <summary>Whether this failure is repeated after so many tries.</summary>
    internal static bool IsWorthIt(Exception e, int tries) => e.InnerException switch
    {
        ContainerizeException { Number: 4003 } => tries < TriesInSilence,
        // What was to be sent could not be read.
        ContainerizeException => false,
        _ => IsTransient(e) && tries < Tries,
    };

    /// <summary>Waits before a repetition: as long as the registry says, else a second and a bit, doubled each time; at most a minute.</summary>
    internal void Wait(int tries, RetryConditionHeaderValue? after, CancellationToken cancellationToken)
    {
        var wait = after?.Delta ?? (after?.Date is { } date ? date - options.Time.GetUtcNow() : BackOff(tries));
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
        if (after is not null && wait > TimeSpan.Zero)
        {
            options.Report($"{registry} asks to wait {Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s.");
        }

        Task.Delay(wait, options.Time, cancellationToken).GetAwaiter().GetResult();
    }

    // What failed at the same time is not to come back at the same time.
    private TimeSpan BackOff(int tries) => options.RetryDelay * Math.Pow(2, tries - 1) * (1 + (Random.Shared.NextDouble() / 4));
}
