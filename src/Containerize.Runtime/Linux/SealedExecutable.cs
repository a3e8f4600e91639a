namespace Containerize.Runtime.Linux;

/// <summary>A copy of ourselves that nobody can write to, to execute in the container (CVE-2019-5736).</summary>
internal sealed unsafe class SealedExecutable : IDisposable
{
    private const int EmptyPath = 0x1000;

    // An overlay without an upper layer wants two lower ones, of which none is in the other.
    private static readonly string[] OtherLayers = ["/run", "/usr/share", "/etc"];

    private readonly Descriptor _file;
    private readonly Descriptor? _mount;

    private SealedExecutable(Descriptor file, Descriptor? mount)
    {
        _file = file;
        _mount = mount;
    }

    /// <summary>The copy, to be executed.</summary>
    public int Number => _file.Number;

    /// <summary>
    /// The executable, through an overlay that has nothing to write to and is mounted nowhere; where we may not make one, a sealed copy in
    /// memory. A read-only bind mount would not do: until Linux 6.9 whoever has CAP_SYS_ADMIN in the container may make it writable again.
    /// </summary>
    public static SealedExecutable Open()
    {
        using var self = FileSystem.Open(Descriptor.WorkingDirectory, "/proc/self/exe", OpenFlags.ReadOnly);
        return TryOverlay(FileSystem.ReadLink(Descriptor.WorkingDirectory, "/proc/self/exe")) ?? new SealedExecutable(Copy(self), null);
    }

    /// <summary>Closes it. The kernel takes its time to take an overlay apart: better while others work.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _mount?.Dispose();
    }

    /// <summary>
    /// Executes us again from such a copy, the command line the same. Between clone and exec our children still are what we are: in a PID
    /// namespace with somebody who has CAP_SYS_PTRACE that must not be the file on the disk. Returns where we are the copy already.
    /// </summary>
    public static void Become()
    {
        if (Environment.GetEnvironmentVariable(OwnEnvironment.Sealed) is not null)
        {
            return;
        }

        using var copy = Open();
        using var arguments = new NativeStrings(Environment.GetCommandLineArgs());
        using var environment = new NativeStrings([OwnEnvironment.Sealed + "=1", .. OwnEnvironment.Variables()]);
        using var nothing = new NativeText("");
        Syscall.Check(
            Syscall.Try(SyscallNumber.Execveat, copy.Number, nothing.Address, (nint)arguments.Pointers, (nint)environment.Pointers, EmptyPath),
            "execveat",
            "containerize-runtime");
    }

    private static SealedExecutable? TryOverlay(string self)
    {
        // What separates the layers in the option, or escapes that.
        if (self.AsSpan().ContainsAny(':', '\\', ',') || Path.GetDirectoryName(self) is not { Length: > 1 } directory)
        {
            return null;
        }

        foreach (var other in OtherLayers)
        {
            if (directory.StartsWith(other, StringComparison.Ordinal))
            {
                continue;
            }

            try
            {
                var mount = MountApi.Make("overlay", [("lowerdir", $"{directory}:{other}")], MountAttributes.ReadOnly | MountAttributes.NoSuid | MountAttributes.NoDevices);
                var opened = FileSystem.TryOpen(mount.Number, Path.GetFileName(self), OpenFlags.ReadOnly, ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks);
                if (opened >= 0)
                {
                    return new SealedExecutable(new Descriptor((int)opened), mount);
                }

                mount.Dispose();
                return null;
            }
            catch (SyscallException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS or Errno.ENODEV)
            {
                return null;
            }
            catch (SyscallException)
            {
                // Not on this filesystem, or not with that layer.
            }
        }

        return null;
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
