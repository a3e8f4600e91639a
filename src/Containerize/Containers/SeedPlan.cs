namespace Containerize.Containers;

/// <summary>A volume that gets the image's files at its first use, if it is empty then.</summary>
public sealed record SeedPlan
{
    /// <summary>The path in the container.</summary>
    public string Path { get; init; } = "";

    /// <summary>The volume's directory.</summary>
    public string Volume { get; init; } = "";
}
