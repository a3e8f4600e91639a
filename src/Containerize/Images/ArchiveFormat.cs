namespace Containerize.Images;

/// <summary>The kind of a one-file image.</summary>
public enum ArchiveFormat
{
    /// <summary>What <c>docker load</c> reads: manifest.json; for one platform. An OCI image in it can also be read as <see cref="Oci"/>.</summary>
    Docker,

    /// <summary>An OCI image layout as a tar: index.json.</summary>
    Oci,
}
