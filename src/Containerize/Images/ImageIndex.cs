using Containerize.Oci;

namespace Containerize.Images;

/// <summary>An index of images, one per platform; its children are read when they are asked for.</summary>
public sealed class ImageIndex : Artifact
{
    private readonly Func<Descriptor, CancellationToken, Task<Artifact>> _readChild;

    private ImageIndex(string mediaType, ReadOnlyMemory<byte> bytes, IndexManifest index, Func<Descriptor, CancellationToken, Task<Artifact>> readChild)
        : base(mediaType, bytes)
    {
        Index = index;
        _readChild = readChild;
    }

    /// <summary>The index document.</summary>
    public IndexManifest Index { get; }

    /// <summary>The index that these bytes describe.</summary>
    /// <param name="mediaType">The media type under which they were found.</param>
    /// <param name="bytes">The document.</param>
    /// <param name="readChild">Reads one of its manifests; must verify it against the descriptor.</param>
    public static ImageIndex Parse(string mediaType, ReadOnlyMemory<byte> bytes, Func<Descriptor, CancellationToken, Task<Artifact>> readChild) =>
        new(mediaType, bytes, OciJson.ReadIndex(bytes.Span, $"the index {Digest.Of(bytes.Span)}"), readChild);

    /// <summary>A new index of these images, in their order, in OCI or Docker form.</summary>
    public static ImageIndex Create(IReadOnlyList<Image> images, bool docker = false, IReadOnlyDictionary<string, string>? annotations = null)
    {
        var mediaType = docker ? MediaTypes.DockerManifestList : MediaTypes.OciIndex;
        var index = new IndexManifest
        {
            MediaType = mediaType,
            Manifests = [.. images.Select(i => i.Descriptor with { Platform = i.Platform })],
            Annotations = Sorted(annotations),
        };
        return new ImageIndex(
            mediaType,
            OciJson.Write(index),
            index,
            (child, _) => Task.FromResult<Artifact>(images.First(i => i.Digest == child.Digest)));
    }

    /// <summary>Reads one of the index's manifests.</summary>
    public Task<Artifact> ReadChildAsync(Descriptor child, CancellationToken cancellationToken) => _readChild(child, cancellationToken);
}
