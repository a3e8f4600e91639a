using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Paths that the container cannot write, or not even read (config-linux.md, Masked Paths and Readonly Paths), covered by descriptor.</summary>
/// <param name="root">The container's root.</param>
internal sealed class HiddenPaths(RootDirectory root)
{
    /// <summary>Covers a path with itself, read-only; nothing where there is nothing.</summary>
    public void MakeReadOnly(string path)
    {
        using var target = root.TryOpen(path);
        if (target is null)
        {
            return;
        }

        using var tree = MountApi.CloneMount(target.Number, "", recursive: true);
        MountApi.Change(tree.Number, new MountChange(MountAttributes.ReadOnly), recursive: false, path);
        MountApi.Attach(tree, target.Number, path);
        Verify(tree, path);
    }

    /// <summary>Covers a path: a directory with an empty one, anything else with /dev/null; nothing where there is nothing.</summary>
    public void Mask(string path)
    {
        using var target = root.TryOpen(path);
        if (target is null)
        {
            return;
        }

        using var cover = FileStatus.Of(target.Number).Type == FileStatus.Directory
            ? MountApi.Make("tmpfs", [("source", "tmpfs"), ("ro", null)], MountAttributes.ReadOnly)
            : CloneNull();
        MountApi.Attach(cover, target.Number, path);
        Verify(cover, path);
    }

    // The container's own /dev/null, if that is what it is: an image or a volume could have put a link in its place (CVE-2025-31133).
    private Descriptor CloneNull()
    {
        const string Path = "/dev/null";
        using var device = root.Open(Path);
        return Devices.IsNull(device.Number)
            ? MountApi.CloneMount(device.Number, "", recursive: false)
            : throw new SyscallException("open_tree", Path + ", which is not the null device", Errno.ENXIO);
    }

    private void Verify(Descriptor cover, string path)
    {
        using var there = root.Open(path);
        if (FileStatus.Of(there.Number).MountId != FileStatus.Of(cover.Number).MountId)
        {
            throw new SyscallException("move_mount", path + ", which is not what was covered", Errno.EXDEV);
        }
    }
}
