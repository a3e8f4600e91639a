using System.Globalization;
using Containerize.Containers;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Monitoring;

/// <summary>A local container's files as they are in the container, in a mount namespace of our own: that of its monitor copied, or the overlay put together anew.</summary>
/// <remarks>
/// The container's own mount namespace is not looked into: what it mounted there for itself is not believed, and a container that does not run has none. Its
/// volumes and binds come from its configuration, as docker has it (moby, daemon/containerfs_linux.go). An overlay must not be mounted twice for
/// writing: a monitor that starts meanwhile waits for its lock until we have ended.
/// </remarks>
internal sealed class RootView : IDisposable
{
    private const int Shared = 1;
    private const int Now = 4;
    private const int Patience = 10_000;
    private readonly Descriptor _turn;
    private readonly Descriptor _monitor;
    private readonly string _target;

    private RootView(Descriptor root, string target, Descriptor turn, Descriptor monitor) => (Root, _target, _turn, _monitor) = (root, target, turn, monitor);

    /// <summary>Its root.</summary>
    public Descriptor Root { get; }

    /// <summary>Puts the view together; what is mounted goes with this process.</summary>
    /// <param name="directory">The container's directory.</param>
    /// <param name="withMounts">Whether its volumes and binds are there, and the files that are mounted into /etc.</param>
    /// <param name="writable">Whether something is to be written there; where the container itself may not, nobody may.</param>
    public static RootView Open(string directory, bool withMounts, bool writable)
    {
        // Of two who look at a container that does not run, one waits.
        var turn = FileLock.Take(Path.Combine(directory, "view.lock"));
        var monitor = FileSystem.Open(Descriptor.WorkingDirectory, Path.Combine(directory, "monitor.lock"), OpenFlags.ReadWrite | OpenFlags.Create, mode: 0b110_000_000);
        using var planFile = FileSystem.Open(Descriptor.WorkingDirectory, Path.Combine(directory, "plan.json"), OpenFlags.ReadOnly);
        var plan = RuntimeDocuments.ReadContainerPlan(FileSystem.ReadToEnd(planFile.Number, 4 << 20, "plan.json"));
        for (var until = Environment.TickCount64 + Patience; ;)
        {
            if (Syscall.Try(SyscallNumber.Flock, monitor.Number, Shared | Now) >= 0)
            {
                RootMount.EnterOwnNamespace();
                RootMount.Make(plan.Root, isLasting: writable);
                break;
            }

            if (TryJoin(directory, plan.Root))
            {
                // The others may look on.
                turn.Dispose();
                RootMount.EnterOwnNamespace();
                break;
            }

            if (Environment.TickCount64 > until)
            {
                throw Failure.Of(6081, "opening the root filesystem", "the container is being started or ended, for ten seconds now", "Try again.");
            }

            Cgroups.Pause.For(20);
        }

        return new RootView(Mounted(directory, plan.Root, withMounts, writable), plan.Root.Target, turn, monitor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whoever waits for the locks mounts the same overlay: ours has to be gone by then. What is mounted on it goes with it.
        Root.Dispose();
        MountApi.TryDetach(_target);
        _turn.Dispose();
        _monitor.Dispose();
    }

    // The namespace is the living monitor's if the root filesystem is mounted there; a number alone could be another's by now.
    private static bool TryJoin(string directory, RootPlan root)
    {
        using var file = FileSystem.Open(Descriptor.WorkingDirectory, Path.Combine(directory, "state.json"), OpenFlags.ReadOnly);
        var status = RuntimeDocuments.ReadContainerStatus(FileSystem.ReadToEnd(file.Number, 4 << 20, "state.json"));
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, string.Create(CultureInfo.InvariantCulture, $"/proc/{status.MonitorPid}/ns/mnt"), OpenFlags.ReadOnly);
        if (status.MonitorPid <= 0 || opened < 0)
        {
            return false;
        }

        using var space = new Descriptor((int)opened);
        // setns(2) refuses whoever shares his working directory with other threads.
        Syscall.Check(Syscall.Try(SyscallNumber.Unshare, (nint)CloneFlags.FileSystem), "unshare", "the working directory");
        Syscall.Check(Syscall.Try(SyscallNumber.Setns, space.Number, (nint)CloneFlags.NewMount), "setns", "the monitor's mount namespace");
        var target = FileSystem.TryOpen(Descriptor.WorkingDirectory, root.Target, OpenFlags.PathOnly | OpenFlags.Directory);
        if (target < 0)
        {
            return false;
        }

        using var mounted = new Descriptor((int)target);
        return root.Kind == RootKind.Copy || FileStatus.Of(mounted.Number).IsMountRoot;
    }

    private static Descriptor Mounted(string directory, RootPlan plan, bool withMounts, bool writable)
    {
        var root = FileSystem.Open(Descriptor.WorkingDirectory, plan.Target, OpenFlags.PathOnly | OpenFlags.Directory);
        var spec = Bundle.Read(directory).Spec;
        var isReadOnly = !writable || spec.Root?.ReadOnly == true;
        if (withMounts)
        {
            using var proc = ProcFs.Open();
            using var confined = new RootDirectory(FileSystem.Open(root.Number, ".", OpenFlags.PathOnly | OpenFlags.Directory), proc);
            foreach (var mount in (spec.Mounts ?? []).Where(m => m.Type == "bind"))
            {
                Bind(mount, confined, writable);
            }
        }

        if (isReadOnly && plan.Kind != RootKind.Copy)
        {
            MountApi.Change(root.Number, new MountChange(Set: MountAttributes.ReadOnly), recursive: false, "the root filesystem");
        }

        return root;
    }

    private static void Bind(MountSpec mount, RootDirectory root, bool writable)
    {
        using var source = MountApi.CloneMount(Descriptor.WorkingDirectory, mount.Source!, recursive: true);
        MountApi.Change(source.Number, new MountChange(Propagation: MountFlags.Private), recursive: true, mount.Source!);
        if (!writable || (mount.Options ?? []).Contains("ro"))
        {
            MountApi.Change(source.Number, new MountChange(Set: MountAttributes.ReadOnly), recursive: true, mount.Source!);
        }

        using var target = FileStatus.Of(source.Number).Type == FileStatus.Directory ? root.MakeDirectory(mount.Destination!) : root.MakeFile(mount.Destination!);
        MountApi.Attach(source, target.Number, mount.Destination!);
    }
}
