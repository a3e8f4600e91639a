namespace Containerize.Layers.Unpacking;

/// <summary>Whiteouts in one directory for all layers: what they name is deleted, but for what the layer itself has made.</summary>
internal sealed class AppliedWhiteouts(DirectoryTree tree, UnpackLimits limits, UnpackErrors errors) : IWhiteouts
{
    // By the directory's inode: a path that leads through a link names the same directory.
    private readonly Dictionary<ulong, HashSet<byte[]>> _made = [];
    private long _bytes;

    /// <inheritdoc />
    public bool HideAllBelow => false;

    /// <inheritdoc />
    public void Hide(OpenedDirectory directory, EntryPath path)
    {
        tree.Forget();
        var name = path.Name.ToArray();
        var removed = IsMade(directory, name)
            ? NodeRemoval.TryEmptyIfDirectory(directory.Number, name, IsMade)
            : NodeRemoval.TryRemove(directory.Number, name, IsMade);
        if (removed < 0)
        {
            throw errors.Writing(path.All, "unlinkat", removed);
        }
    }

    /// <inheritdoc />
    public void HideAll(OpenedDirectory directory, ReadOnlySpan<byte> path)
    {
        tree.Forget();
        var removed = NodeRemoval.TryEmpty(directory, IsMade);
        if (removed < 0)
        {
            throw errors.Writing(path, "unlinkat", removed);
        }
    }

    /// <inheritdoc />
    public void Made(OpenedDirectory directory, ReadOnlySpan<byte> name)
    {
        if (!_made.TryGetValue(directory.Inode, out var names))
        {
            _made.Add(directory.Inode, names = new HashSet<byte[]>(ByteNames.Comparer));
        }

        if (names.Add(name.ToArray()) && (_bytes += name.Length) > limits.MaxNameBytes)
        {
            throw errors.BeyondLimit($"its names have more than {limits.MaxNameBytes} bytes");
        }
    }

    private bool IsMade(OpenedDirectory directory, byte[] name) => _made.TryGetValue(directory.Inode, out var names) && names.Contains(name);
}
