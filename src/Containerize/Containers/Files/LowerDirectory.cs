using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>A directory of the image: those of its layers that lie one upon another at a path, read as overlayfs reads them, without their being mounted.</summary>
/// <remarks>https://docs.kernel.org/filesystems/overlayfs.html, "merged directories" and "whiteouts and opaque directories". Nobody writes to layers.</remarks>
internal sealed class LowerDirectory : IDisposable
{
    private readonly List<Descriptor> _stack;

    private LowerDirectory(List<Descriptor> stack) => _stack = stack;

    /// <summary>A directory that is not there: nothing is in it.</summary>
    public static LowerDirectory Absent => new([]);

    /// <summary>The root of unpacked layers, given the lowest first.</summary>
    public static LowerDirectory Root(IReadOnlyList<string> layers) =>
        new([.. layers.Reverse().Select(l => FileSystem.Open(Descriptor.WorkingDirectory, l, OpenFlags.ReadOnly | OpenFlags.Directory))]);

    /// <summary>Whether a directory hides what is below it.</summary>
    public static bool IsOpaque(int directory) =>
        RawNodes.Attribute(directory, "trusted.overlay.opaque"u8).AsSpan().SequenceEqual("y"u8)
        || RawNodes.Attribute(directory, "user.overlay.opaque"u8).AsSpan().SequenceEqual("y"u8);

    /// <summary>What has a name here; null: nothing.</summary>
    public OpenedNode? Find(ReadOnlySpan<byte> name)
    {
        foreach (var layer in _stack)
        {
            if (OpenedNode.TryOpen(layer.Number, name) is not { } node)
            {
                continue;
            }

            if (!IsWhiteout(node.Status))
            {
                return node;
            }

            node.Dispose();
            return null;
        }

        return null;
    }

    /// <summary>The directory of a name here; absent where that is none.</summary>
    public LowerDirectory Enter(ReadOnlySpan<byte> name)
    {
        var stack = new List<Descriptor>();
        foreach (var layer in _stack)
        {
            using var node = OpenedNode.TryOpen(layer.Number, name);
            if (node is null)
            {
                continue;
            }

            // A whiteout or a file hides the directories below it.
            if (!node.IsDirectory)
            {
                break;
            }

            stack.Add(node.OpenDirectory());
            if (IsOpaque(stack[^1].Number))
            {
                break;
            }
        }

        return new LowerDirectory(stack);
    }

    /// <summary>All names here.</summary>
    public HashSet<byte[]> Names()
    {
        var names = new HashSet<byte[]>(ByteNames.Comparer);
        foreach (var name in _stack.SelectMany(layer => RawNodes.ReadNames(layer.Number)))
        {
            using var found = names.Contains(name) ? null : Find(name);
            if (found is not null)
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Whether it is overlayfs's node for a name that is taken away.</summary>
    public static bool IsWhiteout(FileStatus status) => status is { Type: FileStatus.Character, Device: 0 };

    /// <inheritdoc/>
    public void Dispose() => _stack.ForEach(layer => layer.Dispose());
}
