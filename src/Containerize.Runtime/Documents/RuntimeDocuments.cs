using Containerize.Containers;
using Containerize.Documents;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Commands;
using Containerize.Runtime.Networking;

namespace Containerize.Runtime.Documents;

/// <summary>The documents that are read and written, with code that is generated for them (Containerize.DocumentGenerator).</summary>
[Documents(
    typeof(RuntimeSpec),
    typeof(ProcessSpec),
    typeof(ResourcesSpec),
    typeof(ContainerState),
    typeof(ContainerProcessState),
    typeof(ContainerRecord),
    typeof(InitRequest),
    typeof(InitCgroups),
    typeof(ListedContainer),
    typeof(ContainerEvent),
    typeof(ContainerPlan),
    typeof(ContainerStatus),
    typeof(LogLine),
    typeof(FeaturesDocument),
    typeof(NetworkDescription),
    typeof(NetworkMember))]
internal static partial class RuntimeDocuments;
