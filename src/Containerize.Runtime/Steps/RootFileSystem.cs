using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The container's root filesystem, made by init in the container's namespaces: mounts, devices, links, pivot, masks.</summary>
/// <param name="spec">The configuration.</param>
/// <param name="request">Where the root is, and how it is entered.</param>
/// <param name="proc">Our own procfs.</param>
/// <param name="cgroups">The container's cgroups.</param>
/// <param name="askForTree">See <see cref="Mounts"/>.</param>
/// <remarks>
/// Nothing here goes by a path of the container's as a text: what is mounted, made or covered is a descriptor that the kernel found inside
/// the root (<see cref="RootDirectory"/>), and is looked at again afterwards.
/// </remarks>
internal sealed class RootFileSystem(RuntimeSpec spec, InitRequest request, ProcFs proc, InitCgroups cgroups, Func<int, Descriptor?> askForTree) : IDisposable
{
    private const string NextAboutPaths = "See the paths in linux.maskedPaths and linux.readonlyPaths of config.json.";
    private readonly PivotRoot _pivot = new(spec, request);
    private readonly bool _devicesAreOurs = Devices.AreOurs(spec);
    private RootDirectory? _root;
    private Mounts? _mounts;

    private RootDirectory Root => _root ?? throw new InvalidOperationException("Prepare comes first.");

    /// <summary>Sets the propagation, mounts the root and all mounts of the configuration, and makes devices and links. Nothing is entered yet.</summary>
    public void Prepare()
    {
        Sysctl.Check(spec);
        // Nobody's habits: what we make has exactly the mode that we say.
        var umask = Syscall.Try(SyscallNumber.Umask, 0);
        RootStep.Take($"mounting the root {request.RootPath}", "See root.path in config.json.", () => _root = new RootDirectory(_pivot.Prepare(), proc));
        _mounts = new Mounts(Root, spec, request, proc, cgroups, askForTree);
        foreach (var mount in spec.Mounts ?? [])
        {
            _mounts.Make(mount);
        }

        if (_devicesAreOurs)
        {
            new Devices(Root, spec, request.InUserNamespace).Make();
        }

        Syscall.Try(SyscallNumber.Umask, umask);
        // Mounting by descriptor has changed the working directory; hooks begin in the root.
        RootStep.Take("going to the root", "", () => Syscall.Check(Syscall.Try(SyscallNumber.Fchdir, Root.Number), "fchdir"));
    }

    /// <summary>Makes the pseudo-terminal's slave the container's /dev/console.</summary>
    /// <param name="terminal">The slave.</param>
    public void MountConsole(int terminal) =>
        RootStep.Take("mounting the terminal at /dev/console", "See what the image has in /dev.", () => ConsoleDevice.Mount(Root, terminal));

    /// <summary>Makes the directory in which the program starts, where the image names one that it does not have: as docker and runc do.</summary>
    public void MakeWorkingDirectory(string path)
    {
        // Where it cannot be made, entering it says why.
        try
        {
            Root.MakeDirectory(path).Dispose();
        }
        catch (SyscallException)
        {
        }
    }

    /// <summary>Enters the root (pivot_root, or what stands for it), and lets go of the old one.</summary>
    public void Enter() => RootStep.Take(
        "entering the root",
        "Where the root is the initial ramdisk, use --no-pivot.",
        () => _pivot.Enter(Root.Number));

    /// <summary>What is done from inside: a read-only root, kernel parameters, read-only and masked paths, propagation.</summary>
    public void Close()
    {
        if (_devicesAreOurs)
        {
            RootStep.Take("opening /dev/null in the container", "", ReopenNull);
        }

        MakeWorkingDirectory();
        RootStep.Take("making mounts read-only", "See the mounts with the option ro in config.json.", () => _mounts?.MakeReadOnly());
        if (spec.Root?.ReadOnly == true)
        {
            RootStep.Take(
                "making the root read-only",
                "",
                () => MountApi.Change(Root.Number, new MountChange(MountAttributes.ReadOnly), recursive: false, "/"));
        }

        Sysctl.Apply(spec, proc);
        var hidden = new HiddenPaths(Root);
        foreach (var path in spec.Linux?.ReadonlyPaths ?? [])
        {
            RootStep.Take($"making {path} read-only", NextAboutPaths, () => hidden.MakeReadOnly(path));
        }

        foreach (var path in spec.Linux?.MaskedPaths ?? [])
        {
            RootStep.Take($"masking {path}", NextAboutPaths, () => hidden.Mask(path));
        }

        // Last: of an unbindable root nothing could be covered with itself.
        RootStep.Take("setting the propagation of the root", "See linux.rootfsPropagation in config.json.", _pivot.Propagate);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mounts?.Dispose();
        _root?.Dispose();
    }

    // Before the root is read-only: images may lack it.
    private void MakeWorkingDirectory()
    {
        if (spec.Process?.Cwd is { Length: > 0 } path)
        {
            RootStep.Take($"making the working directory {path}", "See process.cwd in config.json.", () => Root.MakeDirectory(path).Dispose());
        }
    }

    // The host's /dev/null is of a mount that is not the container's; whoever opens /proc/self/fd/0 again would get there.
    private void ReopenNull()
    {
        for (var standard = 0; standard <= 2; standard++)
        {
            if (!Devices.IsNull(standard))
            {
                continue;
            }

            using var found = Root.Open("/dev/null");
            if (!Devices.IsNull(found.Number))
            {
                throw new SyscallException("openat2", "/dev/null, which is not the null device", Errno.ENXIO);
            }

            using var device = proc.Reopen(found.Number, OpenFlags.ReadWrite);
            Syscall.Check(Syscall.Try(SyscallNumber.Dup3, device.Number, standard, 0), "dup3");
        }
    }
}
