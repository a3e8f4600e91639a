namespace Containerize.Runtime.Linux;

/// <summary>Flags of clone3(2), unshare(2) and setns(2).</summary>
internal static class CloneFlags
{
    public const ulong NewTime = 0x80;
    public const ulong FileSystem = 0x200;
    public const ulong PidDescriptor = 0x1000;
    public const ulong Parent = 0x8000;
    public const ulong NewMount = 0x20000;
    public const ulong NewCgroup = 0x2000000;
    public const ulong NewUts = 0x4000000;
    public const ulong NewIpc = 0x8000000;
    public const ulong NewUser = 0x10000000;
    public const ulong NewPid = 0x20000000;
    public const ulong NewNetwork = 0x40000000;
    public const ulong IntoCgroup = 0x200000000;
}
