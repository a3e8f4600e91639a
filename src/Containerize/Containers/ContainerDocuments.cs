using Containerize.Documents;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>The documents that are read and written at every start, with code that is generated for them: a serializer makes descriptions of all their types first, which takes longer.</summary>
[Documents(typeof(RuntimeSpec), typeof(SeccompSpec), typeof(ContainerPlan), typeof(ContainerStatus), typeof(EventRecord))]
internal static partial class ContainerDocuments;
