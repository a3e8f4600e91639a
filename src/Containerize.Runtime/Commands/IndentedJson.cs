using System.Text.Json.Serialization;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Commands;

/// <summary>Documents that people read, too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(ListedContainer))]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(FeaturesDocument))]
internal sealed partial class IndentedJson : JsonSerializerContext;
