using Containerize.Oci.Runtime;
using static Containerize.Runtime.Cgroups.ResourceWrite;

namespace Containerize.Runtime.Cgroups;

/// <summary>RDMA limits, which both kinds of hierarchies write alike.</summary>
internal static class RdmaPlan
{
    /// <summary>A line for each device.</summary>
    public static List<ResourceWrite> Of(IReadOnlyDictionary<string, RdmaLimit>? limits)
    {
        var writes = new List<ResourceWrite>();
        if (limits is null)
        {
            return writes;
        }

        foreach (var (device, limit) in limits)
        {
            if (limit.HcaHandles is null && limit.HcaObjects is null)
            {
                throw ResourcePlan.Refused($"\"rdma\" limits nothing of {device}");
            }

            var value = device;
            if (limit.HcaHandles is { } handles)
            {
                value += $" hca_handle={Text(handles)}";
            }

            if (limit.HcaObjects is { } objects)
            {
                value += $" hca_object={Text(objects)}";
            }

            writes.Add(new("rdma", "rdma.max", value));
        }

        return writes;
    }
}
