using System.Text.Json;
using System.Text.Json.Serialization;

namespace Containerize.Oci;

/// <summary>A pointer to content: media type, digest and size in bytes (image-spec descriptor.md).</summary>
public sealed record Descriptor
{
    /// <summary>The media type of the content.</summary>
    [JsonPropertyName("mediaType")]
    public required string MediaType { get; init; }

    /// <summary>The digest of the content.</summary>
    [JsonPropertyName("digest")]
    public required Digest Digest { get; init; }

    /// <summary>The size of the content in bytes.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>Where else the content may be had; never followed by us.</summary>
    [JsonPropertyName("urls")]
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>Annotations, sorted by key.</summary>
    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; init; }

    /// <summary>The platform, in an index.</summary>
    [JsonPropertyName("platform")]
    public Platform? Platform { get; init; }

    /// <summary>The artifact type, in an index.</summary>
    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    /// <summary>What we do not know, kept.</summary>
    // "set": the source generator makes constructor parameters of init properties, which extension data cannot be.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>The descriptor of these bytes.</summary>
    public static Descriptor Of(string mediaType, ReadOnlySpan<byte> bytes) =>
        new() { MediaType = mediaType, Digest = Digest.Of(bytes), Size = bytes.Length };

    /// <summary>Whether both point to the same content.</summary>
    public bool SameContent(Descriptor other) => Digest == other.Digest && Size == other.Size;
}
