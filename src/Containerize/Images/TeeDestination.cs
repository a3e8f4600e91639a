namespace Containerize.Images;

/// <summary>Writes to several destinations, one after the other; the first failure ends it.</summary>
public sealed class TeeDestination(IReadOnlyList<IImageDestination> destinations) : IImageDestination
{
    /// <inheritdoc />
    public string Name => string.Join(", ", destinations.Select(d => d.Name));

    /// <inheritdoc />
    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        foreach (var destination in destinations)
        {
            await destination.WriteAsync(artifact, cancellationToken);
        }
    }
}
