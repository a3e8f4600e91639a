namespace Containerize.Layers;

/// <summary>What an entry of a layer is.</summary>
public enum LayerEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,
}

/// <summary>One entry of a layer: a path in the image and all that the tar header says of it.</summary>
/// <remarks>Immutable and complete: everything that could make two builds differ (owner, mode, time) is decided by the plan.</remarks>
public sealed record LayerEntry
{
    /// <summary>The path in the image: relative to its root, '/' between parts, none of them empty, '.' or '..'; <c>app/web.dll</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What the entry is.</summary>
    public required LayerEntryKind Kind { get; init; }

    /// <summary>The permission bits, 0 to 07777 (octal).</summary>
    public required int Mode { get; init; }

    /// <summary>The owner's number.</summary>
    public int Uid { get; init; }

    /// <summary>The group's number.</summary>
    public int Gid { get; init; }

    /// <summary>What a symbolic link points to; null for the others.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Where a file's bytes come from; null for the others.</summary>
    public FileContent? Content { get; init; }
}
