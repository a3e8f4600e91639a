using System.Globalization;

namespace Containerize.Runtime.Cgroups;

/// <summary>Carries out planned writes.</summary>
internal static class CgroupLimit
{
    /// <summary>Writes all of them, each to the directory of its controller.</summary>
    /// <param name="directories">The cgroup's directories.</param>
    /// <param name="writes">The writes, those of one controller in a row.</param>
    /// <exception cref="ContainerizeException">A value is refused, or its controller is not there.</exception>
    public static void WriteAll(IReadOnlyList<CgroupDirectory> directories, IReadOnlyList<ResourceWrite> writes)
    {
        var again = new List<ResourceWrite>();
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            var directory = Find(directories, write.Controller) ?? throw new ContainerizeException(
                CgroupError.Limit, $"setting {write.File} to {write.Value}", $"cannot set {write.Controller} limit: container could not join or create cgroup",
                "Mount the controller, or have a cgroup delegated to this user, or leave the limit out.");
            if (!Write(directory, write))
            {
                again.Add(write with { AgainIfInvalid = false });
            }

            if (i + 1 == writes.Count || writes[i + 1].Controller != write.Controller)
            {
                foreach (var late in again)
                {
                    Write(directory, late);
                }

                again.Clear();
            }
        }
    }

    /// <summary>The directory in which a controller's files are; null where there is none.</summary>
    public static CgroupDirectory? Find(IReadOnlyList<CgroupDirectory> directories, string controller)
    {
        foreach (var directory in directories)
        {
            if (directory.Version == CgroupVersion.Two && directories.Count == 1)
            {
                return directory;
            }

            foreach (var name in directory.Controllers)
            {
                if (name == controller)
                {
                    return directory;
                }
            }
        }

        return null;
    }

    /// <summary>Writes one value.</summary>
    /// <returns>Whether it is done; false: to be tried again.</returns>
    /// <exception cref="ContainerizeException">It is refused.</exception>
    public static bool Write(CgroupDirectory directory, ResourceWrite write)
    {
        var result = directory.TryWrite(write.File, write.Value);
        if (result >= 0)
        {
            if (write.ReadBack && directory.TryRead(write.File)?.TrimEnd('\n') is { } present && present != write.Value)
            {
                throw Refused(directory, write, $"the kernel made it {present}, the nearest value it allows");
            }

            return true;
        }

        if (result == -Errno.ENOENT && write.Otherwise is { } other)
        {
            return Write(directory, other);
        }

        if (result == -Errno.ENOENT && write.IfPresent)
        {
            return true;
        }

        if (result == -Errno.EINVAL && write.AgainIfInvalid)
        {
            return false;
        }

        throw Refused(directory, write, Why(directory, write, (int)-result));
    }

    private static string Why(CgroupDirectory directory, ResourceWrite write, int errno)
    {
        if (errno == Errno.EBUSY && write.File == "memory.limit_in_bytes")
        {
            var usage = directory.TryRead("memory.usage_in_bytes")?.TrimEnd('\n');
            var peak = directory.TryRead("memory.max_usage_in_bytes")?.TrimEnd('\n');
            return $"more is in use ({usage}, at most {peak} so far)";
        }

        if (directory.Version == CgroupVersion.Two && errno is Errno.ENOENT or Errno.EPERM or Errno.EACCES && write.Controller != "cgroup"
            && directory.TryRead("cgroup.controllers") is { } enabled
            && Array.IndexOf(enabled.Split((char[])[' ', '\n']), write.Controller) < 0)
        {
            return $"the controller {write.Controller} is not available there";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Errno.Describe(errno)} (errno {errno})");
    }

    private static ContainerizeException Refused(CgroupDirectory directory, ResourceWrite write, string why) =>
        new(CgroupError.Limit, $"writing {write.Value} to {directory.Path}/{write.File}", why, "");
}
