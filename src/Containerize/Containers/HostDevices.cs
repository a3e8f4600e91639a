using Containerize.Containers.Options;
using Containerize.Linux;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>Devices of the host as a container gets them.</summary>
internal static class HostDevices
{
    // What every container has of its own.
    private static readonly string[] Own = ["pts", "shm", "mqueue", "console", "fd", "stdin", "stdout", "stderr", "core", "ptmx", "null", "zero", "full", "random", "urandom", "tty"];

    /// <summary>The devices of one option, which may name a directory of them; CTZ5020 where there is none.</summary>
    internal static IEnumerable<(DeviceSpec Device, DeviceRule Rule, string Source)> Of(DeviceOption option)
    {
        if (!Directory.Exists(option.Source))
        {
            return [TryRead(option.Source, option.Target, option.Access)
                ?? throw OptionErrors.Wrong("--device", option.Source, File.Exists(option.Source) ? "it is not a device" : "it does not exist", "Name a device of the host.")];
        }

        return Below(option.Source, option.Target, option.Access);
    }

    /// <summary>All devices of the host, for a container that may do everything.</summary>
    internal static IEnumerable<(DeviceSpec Device, DeviceRule Rule, string Source)> All() =>
        Directory.EnumerateFileSystemEntries("/dev").Where(e => !Own.Contains(Path.GetFileName(e))).SelectMany(e =>
            Directory.Exists(e) && new FileInfo(e).LinkTarget is null ? Below(e, e, "rwm") : TryRead(e, e, "rwm") is { } device ? [device] : []);

    private static IEnumerable<(DeviceSpec Device, DeviceRule Rule, string Source)> Below(string source, string target, string access) =>
        Directory.EnumerateFiles(source, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MaxRecursionDepth = 8 })
            .Select(file => TryRead(file, target + file[source.Length..], access))
            .Where(d => d is not null)
            .Select(d => d!.Value);

    private static (DeviceSpec Device, DeviceRule Rule, string Source)? TryRead(string source, string target, string access)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, source, OpenFlags.PathOnly);
        if (opened < 0)
        {
            return null;
        }

        using var file = new Descriptor((int)opened);
        var status = FileStatus.Of(file.Number);
        if (status.Type is not (FileStatus.Character or FileStatus.Block))
        {
            return null;
        }

        var type = status.Type == FileStatus.Character ? "c" : "b";
        // The other way round than FileStatus.DeviceNumber.
        long major = (status.Device >> 8) & 0xFFF;
        long minor = (status.Device & 0xFF) | ((status.Device >> 12) & 0xFFF00);
        return (
            new DeviceSpec { Type = type, Path = target, Major = major, Minor = minor, FileMode = status.Permissions, Uid = status.Owner, Gid = status.Group },
            new DeviceRule { Allow = true, Type = type, Major = major, Minor = minor, Access = access },
            source);
    }
}
