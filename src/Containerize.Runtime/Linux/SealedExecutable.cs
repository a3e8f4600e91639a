namespace Containerize.Runtime.Linux;

/// <summary>A copy of ourselves that nobody can write to, to execute in the container (CVE-2019-5736).</summary>
internal static unsafe class SealedExecutable
{
    private const int OpenTreeClone = 1;
    private const int OpenTreeCloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const ulong ReadOnly = 1;
    private const ulong NoSuid = 2;

    /// <summary>The executable, through a read-only mount that is attached nowhere; where we may not make one, a sealed copy in memory.</summary>
    public static Descriptor Open()
    {
        using var self = FileSystem.Open(Descriptor.WorkingDirectory, "/proc/self/exe", OpenFlags.ReadOnly);
        return TryMount(self) ?? Copy(self);
    }

    private static Descriptor? TryMount(Descriptor self)
    {
        using var nothing = new NativeText("");
        var tree = Syscall.Try(SyscallNumber.OpenTree, self.Number, nothing.Address, OpenTreeClone | OpenTreeCloseOnExec | EmptyPath);
        if (tree < 0)
        {
            return null;
        }

        using var mount = new Descriptor((int)tree);
        // struct mount_attr: set, clear, propagation, user namespace.
        var attributes = stackalloc ulong[4] { ReadOnly | NoSuid, 0, 0, 0 };
        if (Syscall.Try(SyscallNumber.MountSetattr, mount.Number, nothing.Address, EmptyPath, (nint)attributes, 32) < 0)
        {
            return null;
        }

        // What was opened before the mount was read-only is not.
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, ProcFs.PathOf(mount.Number), OpenFlags.ReadOnly);
        return opened < 0 ? null : new Descriptor((int)opened);
    }

    private static Descriptor Copy(Descriptor self)
    {
        const int AddSeals = 1033;
        const int SealSealShrinkGrowWrite = 1 | 2 | 4 | 8;
        const uint ReadExecute = 0b101_101_101;
        var copy = MemoryFile.CreateExecutable("containerize-runtime");
        nint sent;
        do
        {
            sent = Syscall.Check(Syscall.Try(SyscallNumber.Sendfile, copy.Number, self.Number, 0, 0x7FFF_0000), "sendfile", "/proc/self/exe");
        }
        while (sent > 0);
        Syscall.Check(Syscall.Try(SyscallNumber.Fchmod, copy.Number, (nint)ReadExecute), "fchmod", "memfd");
        Syscall.Check(Syscall.Try(SyscallNumber.Fcntl, copy.Number, AddSeals, SealSealShrinkGrowWrite), "fcntl", "memfd");
        // Executing what somebody has open for writing is ETXTBSY.
        using (copy)
        {
            return FileSystem.Open(Descriptor.WorkingDirectory, ProcFs.PathOf(copy.Number), OpenFlags.ReadOnly);
        }
    }
}
