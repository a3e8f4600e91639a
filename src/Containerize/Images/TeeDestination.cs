using Containerize.Layers;

namespace Containerize.Images;

/// <summary>Writes to several destinations, one after the other; the first failure ends it.</summary>
public sealed class TeeDestination(IReadOnlyList<IImageDestination> destinations) : IEarlyDestination
{
    /// <inheritdoc />
    public string Name => string.Join(", ", destinations.Select(d => d.Name));

    /// <inheritdoc />
    public void Begin(CancellationToken cancellationToken)
    {
        foreach (var destination in destinations.OfType<IEarlyDestination>())
        {
            destination.Begin(cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Expect()
    {
        foreach (var destination in destinations.OfType<IEarlyDestination>())
        {
            destination.Expect();
        }
    }

    /// <inheritdoc />
    public void Announce(Layer layer, bool isNew)
    {
        foreach (var destination in destinations.OfType<IEarlyDestination>())
        {
            destination.Announce(layer, isNew);
        }
    }

    /// <inheritdoc />
    public void Settle()
    {
        foreach (var destination in destinations.OfType<IEarlyDestination>())
        {
            destination.Settle();
        }
    }

    /// <inheritdoc />
    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        foreach (var destination in destinations)
        {
            await destination.WriteAsync(artifact, cancellationToken);
        }
    }
}
