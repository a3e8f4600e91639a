using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The nodes and links of the container's /dev (config-linux.md, Default Devices, and the configuration's own).</summary>
/// <param name="root">The container's root.</param>
/// <param name="spec">The configuration.</param>
/// <param name="bind">Whether nodes are bound from the host, as a user namespace may make none.</param>
internal sealed class Devices(RootDirectory root, RuntimeSpec spec, bool bind)
{
    private const string Next = "See linux.devices in config.json, and what the image has in /dev; a tmpfs mounted at /dev covers it.";
    private const uint EveryOne = 0x1B6;
    private const uint MostMajor = 0xFFF;
    private const uint MostMinor = 0xFFFFF;

    /// <summary>/dev/null's number.</summary>
    public static uint Null => FileStatus.DeviceNumber(1, 3);

    private static DeviceSpec[] Usual =>
    [
        Character("/dev/null", 3), Character("/dev/random", 8), Character("/dev/full", 7), Character("/dev/tty", 0, major: 5),
        Character("/dev/zero", 5), Character("/dev/urandom", 9),
    ];

    /// <summary>Whether /dev is for us to fill: not where the configuration binds one that is full already.</summary>
    public static bool AreOurs(RuntimeSpec spec)
    {
        foreach (var mount in spec.Mounts ?? [])
        {
            if (RootDirectory.Clean(mount.Destination ?? "") == "/dev" && (mount.Type == "bind" || MountOptions.Parse(mount.Options).IsBind))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes all nodes and links.</summary>
    public void Make()
    {
        foreach (var device in Usual)
        {
            if (!IsGiven(device.Path!))
            {
                Make(device);
            }
        }

        foreach (var device in spec.Linux?.Devices ?? [])
        {
            // /dev/ptmx is a link to that of the container's own devpts.
            if (RootDirectory.Clean(device.Path ?? "") != "/dev/ptmx")
            {
                Make(device);
            }
        }

        RootStep.Take("making the links of /dev", Next, MakeLinks);
    }

    /// <summary>Whether a descriptor is of the one /dev/null.</summary>
    public static bool IsNull(int descriptor) => FileStatus.TryOf(descriptor) is { Type: FileStatus.Character, Device: var device } && device == Null;

    private static DeviceSpec Character(string path, long minor, long major = 1) =>
        new() { Type = "c", Path = path, Major = major, Minor = minor, FileMode = EveryOne };

    private bool IsGiven(string path)
    {
        foreach (var device in spec.Linux?.Devices ?? [])
        {
            if (RootDirectory.Clean(device.Path ?? "") == path)
            {
                return true;
            }
        }

        return false;
    }

    private void Make(DeviceSpec device)
    {
        var doing = $"making the device {device.Path}";
        var type = device.Type switch
        {
            "c" or "u" => FileStatus.Character,
            "b" => FileStatus.Block,
            "p" => FileStatus.Fifo,
            _ => throw RootStep.Refusal(doing, $"'{device.Type}' is no type of device", "The types are c, u, b and p."),
        };
        if (string.IsNullOrEmpty(device.Path) || device.Major is < 0 or > MostMajor || device.Minor is < 0 or > MostMinor)
        {
            throw RootStep.Refusal(doing, "its path is missing, or its number is none", "Correct linux.devices in config.json.");
        }

        var number = type == FileStatus.Fifo ? 0 : FileStatus.DeviceNumber((uint)(device.Major ?? 0), (uint)(device.Minor ?? 0));
        RootStep.Take(doing, Next, () =>
        {
            if (bind)
            {
                BindFromHost(device.Path, type, number);
            }
            else
            {
                MakeNode(device, type, number);
            }
        });
    }

    private void MakeNode(DeviceSpec device, uint type, uint number)
    {
        using var parent = root.MakeParent(device.Path!, out var name);
        var mode = (device.FileMode ?? EveryOne) & 0xFFF;
        var made = FileNodes.TryMake(parent.Number, name, type | mode, number);
        if (made == -Errno.EPERM)
        {
            BindFromHost(device.Path!, type, number);
            return;
        }

        if (made != -Errno.EEXIST)
        {
            Syscall.Check(made, "mknodat", device.Path!);
        }

        using var node = FileSystem.Open(parent.Number, name, OpenFlags.PathOnly | OpenFlags.NoFollow);
        Check(node.Number, device.Path!, type, number);
        if (made == 0)
        {
            FileNodes.ChangeOwner(node.Number, device.Uid ?? 0, device.Gid ?? 0, device.Path!);
        }
    }

    private void BindFromHost(string path, uint type, uint number)
    {
        using var node = MountApi.CloneMount(Descriptor.WorkingDirectory, path, recursive: false);
        Check(node.Number, path, type, number);
        using var target = root.MakeFile(path);
        MountApi.Attach(node, target.Number, path);
        using var there = root.Open(path);
        Check(there.Number, path, type, number);
    }

    private static void Check(int node, string path, uint type, uint number)
    {
        var status = FileStatus.Of(node);
        if (status.Type != type || (type != FileStatus.Fifo && status.Device != number))
        {
            throw new SyscallException("mknodat", path + ", where something else is", Errno.EEXIST);
        }
    }

    private void MakeLinks()
    {
        // Programs expect /proc/self here, not /proc/thread-self.
        Link("/proc/self/fd", "fd");
        Link("/proc/self/fd/0", "stdin");
        Link("/proc/self/fd/1", "stdout");
        Link("/proc/self/fd/2", "stderr");
        if (FileSystem.TryOpen(Descriptor.WorkingDirectory, "/proc/kcore", OpenFlags.PathOnly) is >= 0 and var core)
        {
            new Descriptor((int)core).Dispose();
            Link("/proc/kcore", "core");
        }

        using var devices = root.MakeDirectory("/dev");
        FileSystem.TryRemove(devices.Number, "ptmx", isDirectory: false);
        Link("pts/ptmx", "ptmx");
    }

    private void Link(string target, string name)
    {
        using var devices = root.MakeDirectory("/dev");
        var result = FileNodes.TryLink(target, devices.Number, name);
        if (result != -Errno.EEXIST)
        {
            Syscall.Check(result, "symlinkat", "/dev/" + name);
        }
    }
}
