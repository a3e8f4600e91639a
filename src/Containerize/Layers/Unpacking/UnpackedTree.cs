using Containerize.Oci;

namespace Containerize.Layers.Unpacking;

/// <summary>What came of a layer.</summary>
/// <param name="DiffId">The digest of its tar, as it was found.</param>
/// <param name="Bytes">The bytes of its files.</param>
/// <param name="Entries">How many entries its tar has.</param>
public sealed record UnpackedTree(Digest DiffId, long Bytes, int Entries)
{
    /// <summary>Whether it hides all layers below it: its root is opaque, which overlayfs itself does not look at.</summary>
    public bool HidesAllBelow { get; init; }

    /// <summary>Directories that no entry describes: their paths, bytes as Latin-1, with a zero between two.</summary>
    public string Implied { get; init; } = "";

    /// <summary>What could not be kept here, one text for people; null: nothing.</summary>
    public string? Warning { get; init; }
}
