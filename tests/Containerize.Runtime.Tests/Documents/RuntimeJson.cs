using System.Text.Json.Serialization;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Tests.Documents;

/// <summary>The runtime's documents as the library's own serializer reads and writes them: what ours is compared with.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 64)]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(ProcessSpec))]
[JsonSerializable(typeof(ResourcesSpec))]
[JsonSerializable(typeof(SeccompSpec))]
[JsonSerializable(typeof(ContainerState))]
[JsonSerializable(typeof(ContainerProcessState))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
