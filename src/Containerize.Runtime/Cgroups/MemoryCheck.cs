using System.Globalization;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Cgroups;

/// <summary>What must be known of a cgroup's memory before its limit changes.</summary>
internal static class MemoryCheck
{
    /// <summary>memory.checkBeforeUpdate: refuses a limit that is not above what is in use. What cannot be read is no reason to refuse.</summary>
    /// <exception cref="ContainerizeException">More is in use.</exception>
    public static void Run(IReadOnlyList<CgroupDirectory> directories, MemoryResources? memory)
    {
        if (memory?.CheckBeforeUpdate != true || CgroupLimit.Find(directories, "memory") is not { } directory
            || Read(directory, directory.Version == CgroupVersion.One ? "memory.usage_in_bytes" : "memory.current") is not { } usage)
        {
            return;
        }

        Require("memory.limit", memory.Limit ?? 0, usage, directory);
        Require("memory.swap", memory.Swap ?? 0, usage, directory);
    }

    /// <summary>The present memory limit of version 1; 0 where it is not known.</summary>
    public static ulong PresentLimit(IReadOnlyList<CgroupDirectory> directories) =>
        CgroupLimit.Find(directories, "memory") is { Version: CgroupVersion.One } directory ? Read(directory, "memory.limit_in_bytes") ?? 0 : 0;

    private static void Require(string name, long limit, ulong usage, CgroupDirectory directory)
    {
        if (limit > 0 && (ulong)limit <= usage)
        {
            throw new ContainerizeException(
                CgroupError.Limit, $"setting {name} to {limit}", $"{directory.Path} has {usage} bytes in use",
                "Choose a higher limit, or leave checkBeforeUpdate out.");
        }
    }

    private static ulong? Read(CgroupDirectory directory, string file) =>
        ulong.TryParse(directory.TryRead(file)?.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
