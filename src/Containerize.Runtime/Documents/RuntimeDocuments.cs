using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Documents;

/// <summary>The documents that every container's start reads and writes, with code that is generated for them (Containerize.DocumentGenerator).</summary>
[Documents(
    typeof(RuntimeSpec),
    typeof(ProcessSpec),
    typeof(ResourcesSpec),
    typeof(ContainerState),
    typeof(ContainerProcessState),
    typeof(ContainerRecord),
    typeof(InitRequest),
    typeof(InitCgroups))]
internal static partial class RuntimeDocuments;
