using System.Text;
using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers;

/// <summary>Directories that a layer has only because something is in them: its tar says nothing of their owner and permissions, so those of the layers below count.</summary>
/// <remarks>Overlayfs shows the highest, so such directories get a layer of their own above all. The image's builder leaves out parents on purpose: /tmp stays what it was.</remarks>
internal static class ImpliedDirectories
{
    /// <summary>The layers as they are to be mounted: the same, or with one above them.</summary>
    /// <param name="layers">The layers, the lowest first.</param>
    /// <param name="directory">Where that one is made, if it is needed.</param>
    internal static IReadOnlyList<string> Restore(IReadOnlyList<string> layers, string directory)
    {
        var implied = layers.Select(UnpackedLayers.ImpliedOf).ToList();
        var stack = new LayerStack([.. layers.Zip(implied)]);
        var changed = implied.Skip(1).SelectMany(paths => paths).Distinct().Order(StringComparer.Ordinal).Where(stack.Misleads).ToList();
        if (changed.Count == 0)
        {
            return layers;
        }

        Directory.CreateDirectory(directory);
        using var root = FileSystem.Open(Descriptor.WorkingDirectory, directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        foreach (var path in changed)
        {
            Make(root, path, stack);
        }

        Dress(root.Number, stack.Find("")!);
        return [.. layers, directory];
    }

    private static void Make(Descriptor root, string path, LayerStack stack)
    {
        var parent = FileSystem.Open(root.Number, ".", OpenFlags.ReadOnly | OpenFlags.Directory);
        for (var end = 0; end < path.Length; end++)
        {
            var start = end;
            end = path.IndexOf('/', start) is >= 0 and var slash ? slash : path.Length;
            var name = Encoding.Latin1.GetBytes(path[start..end]);
            var made = RawNodes.TryMakeDirectory(parent.Number, name, 0x1C0);
            var opened = RawNodes.TryOpen(parent.Number, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, DirectoryTree.Confined);
            parent.Dispose();
            parent = new Descriptor((int)Syscall.Check(opened, "openat2", path));
            if (made == 0)
            {
                Dress(parent.Number, stack.Find(path[..end])!);
            }
        }

        parent.Dispose();
    }

    private static void Dress(int directory, FileStatus status)
    {
        Syscall.Check(RawNodes.TryChangeOwner(directory, status.Owner, status.Group), "fchown");
        Syscall.Check(RawNodes.TryChangeMode(directory, status.Permissions), "fchmod");
        Syscall.Check(RawNodes.TryChangeTimes(directory, status.Times), "utimensat");
    }
}
