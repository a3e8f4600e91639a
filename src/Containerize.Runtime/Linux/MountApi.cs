using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Containerize.Runtime.Linux;

/// <summary>Mounts by descriptor (open_tree(2), move_mount(2), mount_setattr(2), fsopen(2)), and by path where only that exists.</summary>
internal static unsafe class MountApi
{
    private const int EmptyPath = 0x1000;
    private const int Recursive = 0x8000;
    private const int CloneTree = 1;
    private const int FromEmptyPath = 4;
    private const int ToEmptyPath = 0x40;

    /// <summary>A copy of the mount at a path (which is the root of the copy, also where it is no mount point); attached nowhere yet.</summary>
    /// <param name="directory">Where a relative path starts; with an empty path: what is copied.</param>
    /// <param name="path">The path; links are followed.</param>
    /// <param name="recursive">Whether the mounts below come too.</param>
    public static Descriptor CloneMount(int directory, string path, bool recursive)
    {
        using var text = new NativeText(path);
        var flags = CloneTree | OpenFlags.CloseOnExec | (recursive ? Recursive : 0) | (path.Length == 0 ? EmptyPath : 0);
        return new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.OpenTree, directory, text.Address, flags), "open_tree", path));
    }

    /// <summary>Attaches a mount over what a descriptor stands for.</summary>
    public static void Attach(Descriptor mount, int target, string name)
    {
        using var none = new NativeText("");
        Syscall.Check(
            Syscall.Try(SyscallNumber.MoveMount, mount.Number, none.Address, target, none.Address, FromEmptyPath | ToEmptyPath),
            "move_mount",
            name);
    }

    /// <summary>Changes the attributes of a mount; the error number below zero where that fails.</summary>
    /// <param name="mount">The mount, by its root.</param>
    /// <param name="change">What is set, then what is cleared.</param>
    /// <param name="recursive">Whether those below change too: all, or none.</param>
    public static nint TryChange(int mount, in MountChange change, bool recursive)
    {
        using var none = new NativeText("");
        // struct mount_attr: attr_set, attr_clr, propagation, userns_fd.
        var attributes = stackalloc ulong[4] { change.Set, change.Clear, change.Propagation, (ulong)change.UserNamespace };
        return Syscall.Try(SyscallNumber.MountSetattr, mount, none.Address, EmptyPath | (recursive ? Recursive : 0), (nint)attributes, 32);
    }

    /// <summary>Changes the attributes of a mount.</summary>
    public static void Change(int mount, in MountChange change, bool recursive, string name) =>
        Syscall.Check(TryChange(mount, change, recursive), "mount_setattr", name);

    /// <summary>A new filesystem that has no source and but a few options; attached nowhere yet.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="options">Names and values; null: the name alone.</param>
    /// <param name="attributes">Of <see cref="MountAttributes"/>.</param>
    public static Descriptor Make(string type, ReadOnlySpan<(string Name, string? Value)> options, ulong attributes)
    {
        const int CloseOnExec = 1;
        const int SetFlag = 0;
        const int SetString = 1;
        const int Create = 6;
        using var typeText = new NativeText(type);
        using var context = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Fsopen, typeText.Address, CloseOnExec), "fsopen", type));
        foreach (var (name, value) in options)
        {
            using var key = new NativeText(name);
            using var text = new NativeText(value);
            Syscall.Check(
                Syscall.Try(SyscallNumber.Fsconfig, context.Number, value is null ? SetFlag : SetString, key.Address, text.Address, 0),
                "fsconfig",
                name);
        }

        Syscall.Check(Syscall.Try(SyscallNumber.Fsconfig, context.Number, Create, 0, 0, 0), "fsconfig", type);
        return new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Fsmount, context.Number, CloseOnExec, (nint)attributes), "fsmount", type));
    }

    /// <summary>mount(2); the error number below zero where that fails.</summary>
    /// <param name="source">The source, or null.</param>
    /// <param name="target">The path.</param>
    /// <param name="type">The filesystem's type, or null.</param>
    /// <param name="flags">Of <see cref="MountFlags"/>.</param>
    /// <param name="data">The filesystem's own options, or null.</param>
    public static nint TryMount(string? source, string target, string? type, ulong flags, string? data = null)
    {
        using var sourceText = new NativeText(source);
        using var targetText = new NativeText(target);
        using var typeText = new NativeText(type);
        using var dataText = new NativeText(data);
        return Syscall.Try(SyscallNumber.Mount, sourceText.Address, targetText.Address, typeText.Address, (nint)flags, dataText.Address);
    }

    /// <summary>mount(2) onto what a descriptor stands for, reached through a procfs of our own, which becomes the working directory.</summary>
    public static nint TryMountOn(ProcFs proc, int target, string? source, string? type, ulong flags, string? data)
    {
        var moved = Syscall.Try(SyscallNumber.Fchdir, proc.Number);
        return moved < 0 ? moved : TryMount(source, $"thread-self/fd/{target}", type, flags, data);
    }

    /// <summary>Takes the mount at a path away, as soon as nobody uses it; the error number below zero where that fails.</summary>
    public static nint TryDetach(string path)
    {
        const int Detach = 2;
        using var text = new NativeText(path);
        return Syscall.Try(SyscallNumber.Umount2, text.Address, Detach);
    }

    /// <summary>The attributes that the mount has of which a descriptor is.</summary>
    public static ulong AttributesOf(int descriptor)
    {
        // struct statfs: the eleventh field are the flags.
        var buffer = stackalloc byte[120];
        Syscall.Check(Syscall.Try(SyscallNumber.Fstatfs, descriptor, (nint)buffer), "fstatfs");
        return MountAttributes.OfStatistics(BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(buffer + 80, 8)));
    }
}

/// <summary>A change of a mount's attributes (struct mount_attr).</summary>
/// <param name="Set">What is set.</param>
/// <param name="Clear">What is cleared, before.</param>
/// <param name="Propagation">One of shared, slave, private and unbindable, or 0.</param>
/// <param name="UserNamespace">The user namespace of an idmapped mount.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MountChange(ulong Set = 0, ulong Clear = 0, ulong Propagation = 0, int UserNamespace = 0);
