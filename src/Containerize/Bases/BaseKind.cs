namespace Containerize.Bases;

/// <summary>Where a base image comes from.</summary>
public enum BaseKind
{
    /// <summary>A registry.</summary>
    Registry,

    /// <summary>Nowhere: no layers.</summary>
    Scratch,

    /// <summary>An OCI image layout in a folder.</summary>
    OciLayout,

    /// <summary>An OCI image layout in one file.</summary>
    OciArchive,

    /// <summary>A file of <c>docker save</c>.</summary>
    DockerArchive,
}
