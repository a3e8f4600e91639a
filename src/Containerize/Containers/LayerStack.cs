using System.Text;
using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers;

/// <summary>Unpacked layers one upon another, asked for their directories. Paths are bytes as Latin-1, with no slash at either end.</summary>
/// <param name="layers">The layers, the lowest first, each with the directories that it only implies.</param>
internal sealed class LayerStack(IReadOnlyList<(string Path, IReadOnlySet<string> Implied)> layers)
{
    /// <summary>Whether the highest layer that has a directory only implies it, and a lower one describes it.</summary>
    internal bool Misleads(string path) =>
        Walk(path) is { Highest: { } highest, Described: { } described }
        && (highest.Mode, highest.Owner, highest.Group) != (described.Mode, described.Owner, described.Group);

    /// <summary>What a directory is: as the highest layer that describes it says, else as the highest that has it; null where there is none.</summary>
    internal FileStatus? Find(string path)
    {
        var (highest, described) = Walk(path);
        return described ?? highest;
    }

    private (FileStatus? Highest, FileStatus? Described) Walk(string path)
    {
        FileStatus? highest = null;
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            var (found, endsHere) = Look(layers[i].Path, path);
            highest ??= found;
            if (found is not null && !layers[i].Implied.Contains(path))
            {
                return (highest, found);
            }

            if (endsHere)
            {
                break;
            }
        }

        return (highest, null);
    }

    // The directory in one layer, and whether that hides it in those below.
    private static (FileStatus? Found, bool EndsHere) Look(string layer, string path)
    {
        var current = FileSystem.Open(Descriptor.WorkingDirectory, layer, OpenFlags.PathOnly | OpenFlags.Directory);
        try
        {
            var isOpaque = false;
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var opened = RawNodes.TryOpen(current.Number, Encoding.Latin1.GetBytes(name), OpenFlags.PathOnly | OpenFlags.NoFollow, DirectoryTree.Confined);
                if (opened < 0)
                {
                    return (null, isOpaque);
                }

                current.Dispose();
                current = new Descriptor((int)opened);
                if (FileStatus.Of(current.Number).Type != FileStatus.Directory)
                {
                    // A whiteout, or something else in its place.
                    return (null, true);
                }

                isOpaque |= RawNodes.Attribute(current.Number, "user.overlay.opaque"u8).Length > 0 || RawNodes.Attribute(current.Number, "trusted.overlay.opaque"u8).Length > 0;
            }

            return (FileStatus.Of(current.Number), isOpaque);
        }
        finally
        {
            current.Dispose();
        }
    }
}
