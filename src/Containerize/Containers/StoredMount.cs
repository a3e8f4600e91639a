namespace Containerize.Containers;

/// <summary>A mount of a local container.</summary>
public sealed record StoredMount
{
    /// <summary>bind, volume or tmpfs.</summary>
    public string Type { get; init; } = "bind";

    /// <summary>A volume's name; null: it is none.</summary>
    public string? Name { get; init; }

    /// <summary>The path on the host.</summary>
    public string Source { get; init; } = "";

    /// <summary>The path in the container.</summary>
    public string Target { get; init; } = "";

    /// <summary>Whether the container cannot change it.</summary>
    public bool ReadOnly { get; init; }
}
