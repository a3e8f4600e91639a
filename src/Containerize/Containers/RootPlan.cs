namespace Containerize.Containers;

/// <summary>How a root filesystem comes about.</summary>
public sealed record RootPlan
{
    /// <summary>See <see cref="RootKind"/>.</summary>
    public string Kind { get; init; } = RootKind.Overlay;

    /// <summary>The unpacked layers, absolute, the lowest first. Of kind directory: none.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The directory that takes the changes.</summary>
    public string Upper { get; init; } = "";

    /// <summary>The kernel's own directory beside it.</summary>
    public string Work { get; init; } = "";

    /// <summary>Where it is put together; of kind directory: where it is.</summary>
    public string Target { get; init; } = "";

    /// <summary>Whether whiteouts stand in user.overlay.* instead of trusted.overlay.* attributes.</summary>
    public bool UserAttributes { get; init; }
}
