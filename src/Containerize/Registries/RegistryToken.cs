namespace Containerize.Registries;

/// <summary>A Bearer token, and how long it is good for by our own clock: the registry's may go wrong.</summary>
/// <param name="Header">What is sent.</param>
/// <param name="Received">When it came, a timestamp of the clock.</param>
/// <param name="Life">How long it is good for; null: as long as the registry takes it.</param>
internal sealed record RegistryToken(string Header, long Received, TimeSpan? Life)
{
    /// <summary>Where the next one is to be had.</summary>
    internal RegistryChallenge? Challenge { get; init; }

    // So that none runs out on its way.
    private const double Usable = 0.75;

    /// <summary>Whether it is better replaced than sent.</summary>
    internal bool IsOld(TimeProvider time) => Life is { } life && time.GetElapsedTime(Received) >= life * Usable;
}
