using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>The times of directories, which are set when nothing more is made in them.</summary>
internal sealed class DirectoryTimes(DirectoryTree tree, UnpackLimits limits, UnpackErrors errors)
{
    private readonly Dictionary<byte[], long[]> _times = new(ByteNames.Comparer);
    private long _bytes;

    public void Set(ReadOnlySpan<byte> path, long[] times)
    {
        if ((_bytes += path.Length) > limits.MaxNameBytes)
        {
            throw errors.BeyondLimit($"the paths of its directories have more than {limits.MaxNameBytes} bytes");
        }

        _times[path.ToArray()] = times;
    }

    /// <summary>Sets them all.</summary>
    public void Apply()
    {
        foreach (var (path, times) in _times)
        {
            var opened = RawNodes.TryOpen(
                tree.Root.Number, path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, DirectoryTree.Confined);
            if (opened < 0)
            {
                // Something else took its place.
                continue;
            }

            using var directory = new Descriptor((int)opened);
            var changed = RawNodes.TryChangeTimes(directory.Number, times);
            if (changed < 0)
            {
                throw errors.Writing(path, "utimensat", changed);
            }
        }
    }
}
