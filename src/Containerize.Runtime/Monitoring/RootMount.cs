using System.Globalization;
using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>A container's root filesystem, put together in a mount namespace of ours: when its last process ends, nothing of it is left mounted.</summary>
internal sealed class RootMount : IDisposable
{
    private readonly string _target;
    private readonly FuseOverlay? _program;

    private RootMount(string target, FuseOverlay? program = null)
    {
        _target = target;
        _program = program;
    }

    /// <summary>Makes the mount namespace; for the process's first thread, and its children.</summary>
    public static void EnterOwnNamespace()
    {
        Syscall.Check(Syscall.Try(SyscallNumber.Unshare, (nint)CloneFlags.NewMount), "unshare", "a mount namespace");
        // What the host mounts later is seen here, and nothing of ours there.
        Syscall.Check(MountApi.TryMount(null, "/", null, MountFlags.Recursive | MountFlags.Slave), "mount", "/, as a slave");
    }

    /// <summary>Puts it together; null where there is nothing to do.</summary>
    /// <param name="plan">How.</param>
    /// <param name="isLasting">Whether what is written there is to outlive the machine's next failure.</param>
    public static RootMount? Make(RootPlan plan, bool isLasting)
    {
        switch (plan.Kind)
        {
            case RootKind.Copy:
                RootCopy.Ensure(plan);
                return null;
            case RootKind.FuseOverlay:
                return new RootMount(plan.Target, FuseOverlay.Start(plan));
            default:
                MountOverlay(plan, isLasting);
                return new RootMount(plan.Target);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        MountApi.TryDetach(_target);
        _program?.Dispose();
    }

    // The options have room for a page, which the paths of a hundred layers do not fit into, and no room for colons in them: here they are the numbers
    // of open directories, read in /proc/self/fd.
    private static void MountOverlay(RootPlan plan, bool isLasting)
    {
        var opened = new List<Descriptor>();
        string NumberOf(string path)
        {
            opened.Add(FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.PathOnly | OpenFlags.Directory));
            return opened[^1].Number.ToString(CultureInfo.InvariantCulture);
        }

        using var before = FileSystem.Open(Descriptor.WorkingDirectory, ".", OpenFlags.PathOnly | OpenFlags.Directory);
        using var there = FileSystem.Open(Descriptor.WorkingDirectory, "/proc/self/fd", OpenFlags.PathOnly | OpenFlags.Directory);
        try
        {
            // A mark of one that was volatile, which nobody expects to be whole.
            FileSystem.TryRemove(Descriptor.WorkingDirectory, plan.Work + "/work/incompat/volatile/dirty", isDirectory: false);
            FileSystem.TryRemove(Descriptor.WorkingDirectory, plan.Work + "/work/incompat/volatile", isDirectory: true);
            var lower = string.Join(':', plan.Layers.Reverse().Select(NumberOf));
            // Some kernels let an upper directory refer to the names and contents of the lower ones unless told otherwise, and `commit` reads it by itself; with
            // userxattr none does.
            var form = plan.UserAttributes ? "userxattr" : "redirect_dir=nofollow,metacopy=off";
            var data = $"lowerdir={lower},upperdir={NumberOf(plan.Upper)},workdir={NumberOf(plan.Work)},{form}";
            Syscall.Check(Syscall.Try(SyscallNumber.Fchdir, there.Number), "fchdir", "/proc/self/fd");
            // Otherwise the end of the mount waits for the disk (https://docs.kernel.org/filesystems/overlayfs.html#volatile-mount; since Linux 5.10).
            var mounted = isLasting ? -Errno.EINVAL : MountApi.TryMount("overlay", plan.Target, "overlay", 0, data + ",volatile");
            mounted = mounted == -Errno.EINVAL ? MountApi.TryMount("overlay", plan.Target, "overlay", 0, data) : mounted;
            if (mounted < 0)
            {
                throw Failure.Of(6080, "putting the root filesystem together", $"the kernel refuses an overlay of {plan.Layers.Count} layers: {Errno.Describe((int)-mounted)}",
                    "See 'dotnet containerize doctor'.");
            }
        }
        finally
        {
            Syscall.Try(SyscallNumber.Fchdir, before.Number);
            opened.ForEach(directory => directory.Dispose());
        }
    }
}
