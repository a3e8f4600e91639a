namespace Containerize.Runtime.Linux;

/// <summary>Flags of mount(2), which are the words of mount(8) too (linux/mount.h, MS_).</summary>
internal static class MountFlags
{
    public const ulong ReadOnly = 1;
    public const ulong NoSuid = 2;
    public const ulong NoDevices = 4;
    public const ulong NoExec = 8;
    public const ulong Synchronous = 0x10;
    public const ulong Remount = 0x20;
    public const ulong MandatoryLocks = 0x40;
    public const ulong DirectorySync = 0x80;
    public const ulong NoSymbolicLinks = 0x100;
    public const ulong NoAccessTime = 0x400;
    public const ulong NoDirectoryAccessTime = 0x800;
    public const ulong Bind = 0x1000;
    public const ulong Move = 0x2000;
    public const ulong Recursive = 0x4000;
    public const ulong Silent = 0x8000;
    public const ulong PosixAcl = 0x10000;
    public const ulong Unbindable = 0x20000;
    public const ulong Private = 0x40000;
    public const ulong Slave = 0x80000;
    public const ulong Shared = 0x100000;
    public const ulong RelativeAccessTime = 0x200000;
    public const ulong InodeVersion = 0x800000;
    public const ulong StrictAccessTime = 0x1000000;
    public const ulong LazyTime = 0x2000000;

    /// <summary>What says when access times are written.</summary>
    public const ulong AccessTimes = NoAccessTime | NoDirectoryAccessTime | RelativeAccessTime | StrictAccessTime;
}
