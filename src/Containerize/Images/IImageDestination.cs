namespace Containerize.Images;

/// <summary>A place that an image or index is written to, under the names that it was made with.</summary>
public interface IImageDestination
{
    /// <summary>What it is called in messages: <c>oci-archive:out.tar</c>, <c>localhost:5000/team/app:1.0</c>.</summary>
    string Name { get; }

    /// <summary>Writes everything, the names last; a failure leaves what was there before.</summary>
    Task WriteAsync(Artifact artifact, CancellationToken cancellationToken);
}
