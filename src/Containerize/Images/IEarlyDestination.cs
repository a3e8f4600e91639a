using Containerize.Layers;

namespace Containerize.Images;

/// <summary>A destination far away, which can be asked and given layers while the image is still being made.</summary>
/// <remarks>Nobody sees anything before the image is written, and what goes wrong is said then.</remarks>
public interface IEarlyDestination : IImageDestination
{
    /// <summary>Tells that an image will be written.</summary>
    /// <param name="cancellationToken">Cancels all that is done before.</param>
    void Begin(CancellationToken cancellationToken);

    /// <summary>Tells that a layer is being made, which will be announced.</summary>
    void Expect();

    /// <summary>Tells of a layer that the image will have; it may be sent at once or not at all.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="isNew">Whether it was made just now, and expected; one that was made before is likely to be there.</param>
    void Announce(Layer layer, bool isNew);

    /// <summary>Waits until nothing is under way: after a cancellation, where the image will not be written.</summary>
    void Settle();
}
