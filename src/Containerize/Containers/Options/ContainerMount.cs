namespace Containerize.Containers.Options;

/// <summary>One thing that a container sees in its tree beside its image.</summary>
public sealed record ContainerMount
{
    /// <summary>bind, volume or tmpfs.</summary>
    public string Type { get; init; } = "bind";

    /// <summary>A path of the host, or the name of a volume; empty: a volume without a name.</summary>
    public string Source { get; init; } = "";

    /// <summary>The absolute path in the container.</summary>
    public string Target { get; init; } = "";

    /// <summary>Whether the container cannot change it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether an empty volume stays empty, where the image has files at that path.</summary>
    public bool NoCopy { get; init; }

    /// <summary>Of a bind: whether its source has to be there, and is not made.</summary>
    public bool MustExist { get; init; }

    /// <summary>Of a bind: whether what is mounted below it on the host is left out.</summary>
    public bool NotRecursive { get; init; }

    /// <summary>How mounts below it spread: rprivate and its kin.</summary>
    public string Propagation { get; init; } = "rprivate";

    /// <summary>More options: of a tmpfs.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
