using System.Text.Json;
using System.Text.Json.Serialization;

namespace Containerize.Oci;

/// <summary>An image manifest (image-spec manifest.md; Docker schema 2 has the same shape).</summary>
public sealed record ImageManifest
{
    /// <summary>Always 2.</summary>
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; } = 2;

    /// <summary>The media type of this manifest.</summary>
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    /// <summary>The artifact type, where the manifest is not an image.</summary>
    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    /// <summary>The image configuration.</summary>
    [JsonPropertyName("config")]
    public required Descriptor Config { get; init; }

    /// <summary>The layers, lowest first.</summary>
    [JsonPropertyName("layers")]
    public required IReadOnlyList<Descriptor> Layers { get; init; }

    /// <summary>The manifest that this one refers to.</summary>
    [JsonPropertyName("subject")]
    public Descriptor? Subject { get; init; }

    /// <summary>Annotations, sorted by key.</summary>
    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; init; }

    /// <summary>What we do not know, kept; a "manifests" in here is refused (CVE-2021-41190).</summary>
    // "set": the source generator makes constructor parameters of init properties, which extension data cannot be.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
