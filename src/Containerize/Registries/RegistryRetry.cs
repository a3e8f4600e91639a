using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Containerize.Registries;

/// <summary>What is worth repeating, how often, and how long to wait before it.</summary>
internal sealed class RegistryRetry(string registry, RegistryOptions options)
{
    /// <summary>How often a request is sent whose answer may be another next time.</summary>
    internal const int Tries = 5;

    /// <summary>How often a registry of this machine is sought that was never there: where none was started there is nothing to wait for.</summary>
    internal const int TriesOfNobody = 3;

    // A minute of silence, each.
    private const int TriesInSilence = 3;
    private const int Briefly = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private int _said;

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

    /// <summary>Whether nobody listens where the registry should be.</summary>
    internal static bool IsRefused(Exception e) => e is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };

    /// <summary>Waits for a registry of this machine that may be starting.</summary>
    internal void WaitBriefly(int tries, CancellationToken cancellationToken) =>
        Task.Delay(options.RetryDelay * tries / Briefly, options.Time, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Waits after a failure to get an answer, and says once what is waited for.</summary>
    internal void WaitAfter(Exception e, int tries, CancellationToken cancellationToken)
    {
        // Who wants to end is not told of it.
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            options.Report(Told(e is ContainerizeException { Number: 4002, InnerException: { } inner } ? inner : e));
        }

        Wait(tries, null, cancellationToken);
    }

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

    private string Told(Exception e) => (e as ContainerizeException ?? e.InnerException as ContainerizeException) is { Number: 4003 } stalled
        ? $"{registry}: {stalled.Why}; it is asked again."
        : IsRefused(e) ? $"{registry} refuses the connection; it is asked again." : $"The connection to {registry} was lost; it is asked again.";

    // What failed at the same time is not to come back at the same time.
    private TimeSpan BackOff(int tries) => options.RetryDelay * Math.Pow(2, tries - 1) * (1 + (Random.Shared.NextDouble() / 4));
}
