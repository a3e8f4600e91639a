using System.Text;
using Containerize.Layers.Compression;
using Containerize.Linux;
using Containerize.Oci;

namespace Containerize.Layers.Unpacking;

/// <summary>Unpacks a layer's blob into a directory: confined to it by the kernel, within limits, and verified to the last byte.</summary>
/// <param name="form">What becomes of whiteouts.</param>
/// <param name="limits">How much a layer may be.</param>
public sealed class LayerUnpacker(UnpackForm form, UnpackLimits limits)
{
    // What follows the end of the archive belongs to the digest too.
    private static readonly Digest NotYet = Digest.Of([]);

    /// <summary>Unpacks a layer; where that fails, what was made is left, for the caller to remove.</summary>
    /// <param name="layer">What it must be.</param>
    /// <param name="blob">Its blob, which fails by itself where it is not the one promised, as those of sources do; disposed of with the rest.</param>
    /// <param name="directory">A directory that nobody else writes to: empty, or with the layers below (<see cref="UnpackForm.Applied"/>).</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ContainerizeException">CTZ2050 to CTZ2055 (compression), CTZ5001 to CTZ5006 (tar), CTZ3003 (another blob).</exception>
    public UnpackedTree Unpack(Layer layer, Stream blob, string directory, CancellationToken cancellationToken)
    {
        var errors = new UnpackErrors(layer.Descriptor.Digest);
        using var tar = Decompression.Open(blob, layer.Descriptor.MediaType, limits.Tar, layer.Descriptor.Digest);
        var tree = Unpack(tar, directory, errors, cancellationToken);
        // The last read of a blob is the one that verifies it.
        blob.CopyTo(Stream.Null);
        return tree.DiffId == layer.DiffId ? tree : throw errors.OtherDiffId(layer.DiffId, tree.DiffId);
    }

    /// <summary>Unpacks a tar that is only just being written, whose digest nobody knows yet.</summary>
    /// <param name="tar">The tar.</param>
    /// <param name="name">What people call the layer.</param>
    /// <param name="directory">See <see cref="Unpack(Layer, Stream, string, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal UnpackedTree Unpack(Stream tar, string name, string directory, CancellationToken cancellationToken) =>
        Unpack(tar, directory, new UnpackErrors($"unpacking the layer '{name}'"), cancellationToken);

    private UnpackedTree Unpack(Stream tar, string directory, UnpackErrors errors, CancellationToken cancellationToken)
    {
        using var ahead = new ReadAhead(tar);
        using var input = new TarInput(ahead, errors, cancellationToken);
        try
        {
            var made = Unpack(new TarMemberReader(input, limits, errors), directory, errors);
            return made with { DiffId = input.Finish() };
        }
        catch (SyscallException e)
        {
            throw errors.Writing([], e.Call, -e.Errno);
        }
    }

    private UnpackedTree Unpack(TarMemberReader members, string directory, UnpackErrors errors)
    {
        using var tree = new DirectoryTree(directory, errors);
        var times = new DirectoryTimes(tree, limits, errors);
        IWhiteouts whiteouts = form == UnpackForm.Applied
            ? new AppliedWhiteouts(tree, limits, errors)
            : new OverlayWhiteouts(tree, form == UnpackForm.UserOverlay, errors);
        // A directory that no entry describes has no time either.
        var implied = new SortedSet<string>(StringComparer.Ordinal);
        tree.Implied += path =>
        {
            times.Set(path, [0, 0, 0, 0]);
            implied.Add(Encoding.Latin1.GetString(path));
        };
        tree.Uncovered += (opened, path) => whiteouts.HideAll(opened, path);
        var metadata = new NodeMetadata(OwnerMap.Read(), errors);
        var writer = new MemberWriter(tree, whiteouts, metadata, times, errors);
        while (members.Next() is { } member)
        {
            var path = EntryPath.Of(member.Path, errors);
            if (path.Depth > limits.MaxDepth)
            {
                throw errors.BeyondLimit(member.Path, $"it is more than {limits.MaxDepth} directories deep");
            }

            writer.Write(member, path, members);
            if (member.Kind == TarKind.Directory && implied.Count > 0)
            {
                implied.Remove(Encoding.Latin1.GetString(path.All));
            }
        }

        times.Apply();
        return new UnpackedTree(NotYet, writer.Bytes, members.Count) { HidesAllBelow = whiteouts.HideAllBelow, Implied = string.Join('\0', implied), Warning = metadata.Warning };
    }
}
