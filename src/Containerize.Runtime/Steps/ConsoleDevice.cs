using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The container's /dev/console: its pseudo-terminal's slave, attached by descriptor (CVE-2025-52565).</summary>
internal static class ConsoleDevice
{
    private const uint PseudoTerminals = 0x1CD1;
    private const uint FirstMajor = 136;
    private const uint LastMajor = 143;

    /// <summary>Attaches the slave.</summary>
    public static void Mount(RootDirectory root, int terminal)
    {
        const string Path = "/dev/console";
        var status = FileStatus.Of(terminal);
        var major = (status.Device >> 8) & 0xFFF;
        if (FileSystem.Magic(terminal) != PseudoTerminals || status.Type != FileStatus.Character || major is < FirstMajor or > LastMajor)
        {
            throw new SyscallException("open_tree", "the terminal, which is no pseudo-terminal", Errno.ENOTTY);
        }

        using var tree = MountApi.CloneMount(terminal, "", recursive: false);
        // No link as the last component: /dev/console is not somewhere else.
        using var parent = root.MakeParent(Path, out var name);
        using var target = OpenOrMake(parent.Number, name);
        MountApi.Attach(tree, target.Number, Path);
        using var there = root.Open(Path);
        var mounted = FileStatus.Of(there.Number);
        if (mounted.Device != status.Device || mounted.Inode != status.Inode || FileSystem.Magic(there.Number) != PseudoTerminals)
        {
            throw new SyscallException("move_mount", Path + ", which is not the terminal", Errno.EXDEV);
        }
    }

    private static Descriptor OpenOrMake(int directory, string name)
    {
        const int Made = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive;
        const ResolveFlags OneStep = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks;
        var made = FileSystem.TryOpen(directory, name, Made | OpenFlags.NoFollow, OneStep, 0x1B6);
        if (made >= 0)
        {
            new Descriptor((int)made).Dispose();
        }

        return FileSystem.Open(directory, name, OpenFlags.PathOnly, OneStep);
    }
}
