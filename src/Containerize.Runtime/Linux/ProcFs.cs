namespace Containerize.Runtime.Linux;

/// <summary>
/// A procfs that is really one: what a container could have mounted over /proc is not asked (CVE-2019-16884, CVE-2025-52881).
/// </summary>
internal sealed class ProcFs : IDisposable
{
    private const uint SuperMagic = 0x9FA0;
    private const int CloseOnExec = 1;
    private const int ConfigCreate = 6;
    private const int OpenTreeClone = 1;
    private readonly Descriptor _root;

    private ProcFs(Descriptor root)
    {
        _root = root;
    }

    /// <summary>Its root directory.</summary>
    public int Number => _root.Number;

    /// <summary>Opens one of our own, which is mounted nowhere; where we may not make one, that at /proc, checked.</summary>
    public static ProcFs Open()
    {
        var root = TryMake() ?? TryCloneMounted() ?? FileSystem.Open(Descriptor.WorkingDirectory, "/proc", OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (FileSystem.Magic(root.Number) != SuperMagic)
        {
            root.Dispose();
            throw new SyscallException("statfs", "/proc, which is not a procfs", Errno.EINVAL);
        }

        return new ProcFs(root);
    }

    /// <summary>Opens a file of our own thread, as "attr/exec"; no link and no other mount on the way.</summary>
    public Descriptor OpenSelf(string path, int flags) => OpenChecked("thread-self/" + path, flags);

    /// <summary>Opens a file below, as "sys/kernel/hostname"; nothing that is mounted over it, and only of procfs.</summary>
    public Descriptor OpenChecked(string path, int flags)
    {
        // thread-self is a link of procfs's own, not a magic one.
        var file = FileSystem.Open(_root.Number, path, flags, ResolveFlags.Beneath | ResolveFlags.NoMountPoints | ResolveFlags.NoMagicLinks);
        if (FileSystem.Magic(file.Number) != SuperMagic)
        {
            file.Dispose();
            throw new SyscallException("openat2", "/proc/" + path + ", which is not of a procfs", Errno.EXDEV);
        }

        return file;
    }

    /// <summary>Opens again what a descriptor (also an O_PATH one) stands for.</summary>
    public Descriptor Reopen(int descriptor, int flags) => FileSystem.Open(_root.Number, $"thread-self/fd/{descriptor}", flags);

    /// <summary>The path by which the kernel knows what a descriptor stands for.</summary>
    public string PathBehind(int descriptor) => FileSystem.ReadLink(_root.Number, $"thread-self/fd/{descriptor}");

    /// <summary>A path by which mount(2) and others, which want one, reach a descriptor; valid while /proc is the host's, or ours.</summary>
    public static string PathOf(int descriptor) => $"/proc/thread-self/fd/{descriptor}";

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private static Descriptor? TryMake()
    {
        using var type = new NativeText("proc");
        var context = Syscall.Try(SyscallNumber.Fsopen, type.Address, CloseOnExec);
        if (context < 0)
        {
            return null;
        }

        using var owned = new Descriptor((int)context);
        if (Syscall.Try(SyscallNumber.Fsconfig, context, ConfigCreate, 0, 0, 0) < 0)
        {
            return null;
        }

        const int NoSuidNoDevNoExec = 2 | 4 | 8;
        var mount = Syscall.Try(SyscallNumber.Fsmount, context, CloseOnExec, NoSuidNoDevNoExec);
        return mount < 0 ? null : new Descriptor((int)mount);
    }

    // Without what is mounted below it.
    private static Descriptor? TryCloneMounted()
    {
        using var path = new NativeText("/proc");
        var tree = Syscall.Try(SyscallNumber.OpenTree, Descriptor.WorkingDirectory, path.Address, OpenTreeClone | 0x80000);
        return tree < 0 ? null : new Descriptor((int)tree);
    }
}
