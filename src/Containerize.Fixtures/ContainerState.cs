using System.Text.Json;

namespace Containerize.Testing;

/// <summary>What <c>inspect</c> says of a container.</summary>
/// <param name="Status">running, exited, ...</param>
/// <param name="Pid">Its first process.</param>
/// <param name="Health">healthy, unhealthy, starting; null without a health check.</param>
/// <param name="HealthOutput">What its last health check printed.</param>
internal sealed record ContainerState(string Status, int Pid, string? Health, string? HealthOutput)
{
    internal static ContainerState Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var state = document.RootElement[0].GetProperty("State");
        var hasHealth = state.TryGetProperty(nameof(Health), out var health);
        return new(
            state.GetProperty(nameof(Status)).GetString()!,
            state.GetProperty(nameof(Pid)).GetInt32(),
            hasHealth ? health.GetProperty(nameof(Status)).GetString() : null,
            hasHealth ? health.GetProperty("Log").EnumerateArray().Select(check => check.GetProperty("Output").GetString()?.Trim()).LastOrDefault() : null);
    }
}
