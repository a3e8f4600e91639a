namespace Containerize.Containers;

/// <summary>A named network: its file, NAME.json among the networks, written by the tool.</summary>
public sealed record NetworkDescription
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its addresses, of IPv4: as 10.89.1.0/24.</summary>
    public string Subnet { get; init; } = "";

    /// <summary>The address that no container gets; null: the first.</summary>
    public string? Gateway { get; init; }

    /// <summary>Whether its containers have no way to the outside.</summary>
    public bool Internal { get; init; }

    /// <summary>What the user wants to know of it.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
