using System.Globalization;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Cgroups;

/// <summary>What linux.resources without its devices will write, in order; nothing is done yet.</summary>
/// <param name="Writes">The values, but that of the number of processes.</param>
/// <param name="ProcessLimit">The most processes: written last, since a process needs threads while it starts.</param>
/// <remarks>A number that is 0 counts as absent, as engines mean it, but for the number of processes.</remarks>
internal sealed record ResourcePlan(IReadOnlyList<ResourceWrite> Writes, ResourceWrite? ProcessLimit)
{
    private const string ProcessFile = "pids.max";

    /// <summary>Plans for one kind of hierarchy.</summary>
    /// <param name="resources">The limits; absent: none.</param>
    /// <param name="version">The kind.</param>
    /// <param name="memoryLimit">The cgroup's memory limit so far, which decides on version 1 what must be raised first.</param>
    /// <exception cref="ContainerizeException">The limits contradict themselves, or the kind has no such limit.</exception>
    public static ResourcePlan Of(ResourcesSpec? resources, CgroupVersion version, ulong memoryLimit = 0)
    {
        if (resources is null)
        {
            return new([], null);
        }

        var writes = version == CgroupVersion.One ? Version1Plan.Of(resources, memoryLimit) : Version2Plan.Of(resources);
        foreach (var write in writes)
        {
            // Names of devices, page sizes and unified files are the configuration's.
            if (write.File.Contains('/') || write.File.Contains('\0') || write.Value.Contains('\0'))
            {
                throw Refused($"\"{write.File}\" is not a file's name");
            }
        }

        // The file may be named as it is too, and then counts: it is the later word.
        var last = writes.FindLast(static write => write.File == ProcessFile);
        writes.RemoveAll(static write => write.File == ProcessFile);
        return new(writes, last ?? ProcessLimitOf(resources));
    }

    /// <summary>A failure of the limits themselves.</summary>
    public static ContainerizeException Refused(string why) => new(CgroupError.Resources, "reading linux.resources", why, "");

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', ProcessLimit is null ? Writes : [.. Writes, ProcessLimit]);

    private static ResourceWrite? ProcessLimitOf(ResourcesSpec resources) => resources.Pids?.Limit switch
    {
        null => null,
        > 0 and var limit => new("pids", ProcessFile, limit.ToString(CultureInfo.InvariantCulture)),
        _ => new("pids", ProcessFile, "max"),
    };
}
