using Containerize.Images;

namespace Containerize.Registries;

/// <summary>An image that several places may have: the first that gives it is taken.</summary>
/// <param name="reference">The name that was asked for.</param>
/// <param name="places">Its mirrors, and last its registry.</param>
/// <param name="report">Told of each place that did not have it.</param>
internal sealed class MirroredSource(Reference reference, IReadOnlyList<RegistryPull> places, Action<string> report) : IImageSource
{
    public string Name => reference.ToString();

    public async Task<Artifact> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var place in places.SkipLast(1))
        {
            try
            {
                return await place.ReadAsync(cancellationToken);
            }
            catch (ContainerizeException e) when (e.Number is >= 4002 and <= 4009)
            {
                report($"{e.Message} The next place is asked.");
            }
        }

        return await places[^1].ReadAsync(cancellationToken);
    }
}
