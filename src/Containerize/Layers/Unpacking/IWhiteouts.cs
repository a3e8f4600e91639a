namespace Containerize.Layers.Unpacking;

/// <summary>Takes away what lower layers have, and leaves what the layer itself has, whatever the order in its tar.</summary>
internal interface IWhiteouts
{
    /// <summary>Whether all layers below are hidden as a whole.</summary>
    bool HideAllBelow { get; }

    /// <summary>Takes one name away.</summary>
    void Hide(OpenedDirectory directory, EntryPath path);

    /// <summary>Takes away all in a directory.</summary>
    void HideAll(OpenedDirectory directory, ReadOnlySpan<byte> path);

    /// <summary>Told of each name that the layer has.</summary>
    void Made(OpenedDirectory directory, ReadOnlySpan<byte> name);
}
