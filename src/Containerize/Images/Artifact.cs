using Containerize.Oci;

namespace Containerize.Images;

/// <summary>An image or an index of images, as an immutable value: the manifest's own bytes, and what they mean.</summary>
public abstract class Artifact
{
    private protected Artifact(string mediaType, ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        Descriptor = Descriptor.Of(mediaType, bytes.Span);
    }

    /// <summary>The manifest's bytes as they were read or made.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The manifest's media type, digest and size.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>The digest of the manifest, which is the artifact's identity.</summary>
    public Digest Digest => Descriptor.Digest;

    // None and an empty list are the same in the document: left out.
    private protected static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string>? annotations) =>
        annotations is null or { Count: 0 } ? null : new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal);
}
