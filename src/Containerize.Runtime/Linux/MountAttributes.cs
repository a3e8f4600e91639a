namespace Containerize.Runtime.Linux;

/// <summary>Attributes of one mount, whatever the filesystem's own are (mount_setattr(2), MOUNT_ATTR_; Linux 5.12).</summary>
internal static class MountAttributes
{
    public const ulong ReadOnly = 1;
    public const ulong NoSuid = 2;
    public const ulong NoDevices = 4;
    public const ulong NoExec = 8;

    /// <summary>A field, not a flag: relatime (0), noatime or strictatime. Whoever sets it clears all of it in the same call.</summary>
    public const ulong AccessTime = 0x70;
    public const ulong NoAccessTime = 0x10;
    public const ulong StrictAccessTime = 0x20;
    public const ulong NoDirectoryAccessTime = 0x80;
    public const ulong IdMapped = 0x100000;
    public const ulong NoSymbolicLinks = 0x200000;

    /// <summary>Those that are either there or not.</summary>
    public const ulong Simple = ReadOnly | NoSuid | NoDevices | NoExec | NoDirectoryAccessTime | NoSymbolicLinks;

    /// <summary>The attributes that flags of mount(2) ask for, without those of access times.</summary>
    public static ulong Of(ulong flags) =>
        (flags & (MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDevices | MountFlags.NoExec))
        | ((flags & MountFlags.NoDirectoryAccessTime) != 0 ? NoDirectoryAccessTime : 0)
        | ((flags & MountFlags.NoSymbolicLinks) != 0 ? NoSymbolicLinks : 0);

    /// <summary>The access times that flags of mount(2) ask for; relatime, the kernel's own default, where they say nothing.</summary>
    public static ulong AccessTimeOf(ulong flags) =>
        (flags & MountFlags.NoAccessTime) != 0 ? NoAccessTime : (flags & MountFlags.StrictAccessTime) != 0 ? StrictAccessTime : 0;

    /// <summary>The attributes that a mount has, out of the flags of statfs(2).</summary>
    public static ulong OfStatistics(ulong flags)
    {
        const ulong NoAccessTimes = 0x400;
        const ulong NoDirectoryAccessTimes = 0x800;
        const ulong Relative = 0x1000;
        const ulong NoFollow = 0x2000;
        return (flags & (ReadOnly | NoSuid | NoDevices | NoExec))
            | ((flags & NoDirectoryAccessTimes) != 0 ? NoDirectoryAccessTime : 0)
            | ((flags & NoFollow) != 0 ? NoSymbolicLinks : 0)
            | ((flags & NoAccessTimes) != 0 ? NoAccessTime : (flags & Relative) != 0 ? 0 : StrictAccessTime);
    }
}
