namespace Containerize.Testing.Waiting;

/// <summary>The image's own health check.</summary>
internal sealed class HealthCondition : WaitCondition
{
    internal override ConditionCheck Begin(StartedContainer container) => async token =>
    {
        var state = await container.InspectAsync(token);
        return state?.Health switch
        {
            "healthy" => null,
            "unhealthy" => throw new HopelessWaitException($"its health check calls it unhealthy{Said(state)}"),
            null when state is { Status: "running" } => throw new HopelessWaitException("it has no health check"),
            _ => $"its health check has not called it healthy{Said(state)}",
        };
    };

    private static string Said(ContainerState? state) => state?.HealthOutput is { Length: > 0 } output ? $" and says '{output}'" : "";
}
