using System.Text.Json.Serialization;
using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>The documents of local containers as JSON: source generated, camel case, what is null left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 64,
    Converters = [typeof(DigestConverter)])]
[JsonSerializable(typeof(StoredContainer))]
[JsonSerializable(typeof(NetworkDescription))]
[JsonSerializable(typeof(StagedImage))]
internal sealed partial class ContainersJson : JsonSerializerContext;
