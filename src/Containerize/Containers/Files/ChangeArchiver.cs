using Containerize.Layers;
using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>Writes a container's changes as the tar of a layer (image-spec layer.md): what is new or other as it is, what is gone as whiteouts.</summary>
internal static class ChangeArchiver
{
    /// <summary>Writes it; the same changes give the same bytes.</summary>
    /// <param name="root">How the container's root is put together.</param>
    /// <param name="output">Where the tar goes.</param>
    /// <param name="doing">What is done, for messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static void Write(RootPlan root, Stream output, string doing, CancellationToken cancellationToken)
    {
        using var upper = FileSystem.Open(Descriptor.WorkingDirectory, root.Upper, OpenFlags.ReadOnly | OpenFlags.Directory);
        using var tar = new TarWriter(output, LayerSpec.DefaultTime);
        var archiver = new TreeArchiver(tar, wholeSeconds: true, doing, cancellationToken);
        foreach (var change in ContainerChanges.Find(root, marksEmptied: true, doing))
        {
            if (change.Kind == ChangeKind.Deleted)
            {
                tar.WriteHeader(Named(change.Path, Whiteout.Prefix));
                continue;
            }

            if (Last(change.Path).StartsWith(Whiteout.Prefix))
            {
                throw new ContainerizeException(
                    5053, doing, $"'{ByteNames.Show(change.Path)}' has a name that begins with '.wh.', which in a layer takes another name away", "Rename or remove it in the container.");
            }

            using var node = OpenedNode.TryOpen(upper.Number, change.Path);
            if (node is null)
            {
                // It was there a moment ago, and the container runs.
                continue;
            }

            archiver.WriteOne(node, change.Path);
            if (change.Kind == ChangeKind.Emptied)
            {
                tar.WriteHeader(Marker([.. change.Path, (byte)'/', .. Whiteout.Opaque]));
            }
        }

        tar.Finish();
    }

    private static ReadOnlySpan<byte> Last(byte[] path) => path.AsSpan(path.AsSpan().LastIndexOf((byte)'/') + 1);

    private static TarMember Named(byte[] path, ReadOnlySpan<byte> prefix)
    {
        var slash = path.AsSpan().LastIndexOf((byte)'/') + 1;
        return Marker([.. path.AsSpan(0, slash), .. prefix, .. path.AsSpan(slash)]);
    }

    private static TarMember Marker(byte[] path)
    {
        var time = LayerSpec.DefaultTime.ToUnixTimeSeconds();
        return new TarMember { Path = path, Kind = TarKind.File, Times = [time, 0, time, 0] };
    }
}
