namespace Containerize.Images;

/// <summary>A place that an image or index is read from: a layout, an archive, a registry, the local store.</summary>
public interface IImageSource
{
    /// <summary>What it is called in messages, in the form a user would write it: <c>oci:/srv/base</c>.</summary>
    string Name { get; }

    /// <summary>Reads the manifest (and configuration); blobs are opened later, through the artifact.</summary>
    Task<Artifact> ReadAsync(CancellationToken cancellationToken);
}
