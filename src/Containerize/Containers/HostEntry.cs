namespace Containerize.Containers;

/// <summary>A line of a hosts file.</summary>
public sealed record HostEntry
{
    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its address.</summary>
    public string Address { get; init; } = "";
}
