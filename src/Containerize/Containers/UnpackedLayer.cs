using System.Text.Json.Serialization;
using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>A layer in the store of unpacked layers: layer.json beside its content.</summary>
public sealed record UnpackedLayer
{
    /// <summary>The digest of its tar.</summary>
    public required Digest DiffId { get; init; }

    /// <summary>The bytes of its files.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many entries its tar has.</summary>
    public required int Entries { get; init; }

    /// <summary>Whether it hides all layers below it.</summary>
    public bool HidesAllBelow { get; init; }

    /// <summary>Directories that it has only for what is in them: paths, bytes as Latin-1, with a zero between two.</summary>
    public string? Implied { get; init; }

    /// <summary>What could not be kept here, for people; null: nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>The directory with its files, absolute.</summary>
    [JsonIgnore]
    public string Content { get; init; } = "";
}

/// <summary>The record as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DigestConverter)])]
[JsonSerializable(typeof(UnpackedLayer))]
internal sealed partial class UnpackedLayerJson : JsonSerializerContext;
