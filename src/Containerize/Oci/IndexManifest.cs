using System.Text.Json;
using System.Text.Json.Serialization;

namespace Containerize.Oci;

/// <summary>An image index (image-spec image-index.md; Docker's manifest list has the same shape).</summary>
public sealed record IndexManifest
{
    /// <summary>Always 2.</summary>
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; } = 2;

    /// <summary>The media type of this index.</summary>
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    /// <summary>The artifact type, where the index is not of images.</summary>
    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    /// <summary>The manifests, in order of preference.</summary>
    [JsonPropertyName("manifests")]
    public required IReadOnlyList<Descriptor> Manifests { get; init; }

    /// <summary>The manifest that this index refers to.</summary>
    [JsonPropertyName("subject")]
    public Descriptor? Subject { get; init; }

    /// <summary>Annotations, sorted by key.</summary>
    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; init; }

    /// <summary>What we do not know, kept; a "layers" in here is refused (CVE-2021-41190).</summary>
    // "set": the source generator makes constructor parameters of init properties, which extension data cannot be.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
