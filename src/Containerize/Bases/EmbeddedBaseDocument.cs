using System.Text.Json.Serialization;

namespace Containerize.Bases;

/// <summary>The <c>base.json</c> of a <c>Containerize.Base.[rid]</c> package: what its layers are and what is in them.</summary>
public sealed record EmbeddedBaseDocument
{
    /// <summary>The format that is written, and the only one that is read.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The format of this document.</summary>
    [JsonPropertyName("formatVersion")]
    public required int FormatVersion { get; init; }

    /// <summary>The operating system, always linux.</summary>
    [JsonPropertyName("os")]
    public required string Os { get; init; }

    /// <summary>The CPU in Go's words: amd64, arm64.</summary>
    [JsonPropertyName("architecture")]
    public required string Architecture { get; init; }

    /// <summary>The distribution for people: <c>Debian GNU/Linux 12 (bookworm)</c>.</summary>
    [JsonPropertyName("distribution")]
    public required string Distribution { get; init; }

    /// <summary>The layers, lowest first: os, extra.</summary>
    [JsonPropertyName("layers")]
    public required IReadOnlyList<EmbeddedBaseLayer> Layers { get; init; }
}

/// <summary>One layer of a base package; its blob is <c>layers/[name].tar.gz</c>.</summary>
public sealed record EmbeddedBaseLayer
{
    /// <summary>The name: os or extra.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The blob's media type.</summary>
    [JsonPropertyName("mediaType")]
    public required string MediaType { get; init; }

    /// <summary>The blob's digest.</summary>
    [JsonPropertyName("digest")]
    public required string Digest { get; init; }

    /// <summary>The blob's size in bytes.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>The digest of the tar in the blob.</summary>
    [JsonPropertyName("diffId")]
    public required string DiffId { get; init; }

    /// <summary>The Debian packages in it, sorted by name.</summary>
    [JsonPropertyName("packages")]
    public required IReadOnlyList<EmbeddedBaseDebianPackage> Packages { get; init; }
}

/// <summary>A Debian package in a layer.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its Debian version.</param>
/// <param name="Source">The source package.</param>
/// <param name="SourceVersion">The source package's version.</param>
public sealed record EmbeddedBaseDebianPackage(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("sourceVersion")] string SourceVersion);

/// <summary>Reads and writes <see cref="EmbeddedBaseDocument"/> without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(EmbeddedBaseDocument))]
public sealed partial class EmbeddedBaseJson : JsonSerializerContext;
