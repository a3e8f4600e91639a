using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>What a container changed of its image, out of the overlay's upper directory: the lines of <c>diff</c> and the entries of <c>commit</c>.</summary>
/// <remarks>
/// As docker compares trees (moby, pkg/archive/changes.go): a directory is changed where its owner or mode is, or something in it; a file also by size and time.
/// A container that runs may write meanwhile; each name is opened once, by descriptor and following nothing.
/// </remarks>
internal sealed class ContainerChanges
{
    private static readonly HashSet<string> Placeholders = new(StringComparer.Ordinal)
    {
        "dev", "proc", "sys", "etc", "etc/hosts", "etc/hostname", "etc/resolv.conf", "sbin", MountList.InitPath.TrimStart('/'),
    };

    private readonly List<ContainerChange> _changes = [];
    private readonly bool _marksEmptied;
    private readonly UnpackErrors _errors;

    private ContainerChanges(bool marksEmptied, string doing) => (_marksEmptied, _errors) = (marksEmptied, new UnpackErrors(doing));

    /// <summary>Finds them, parents first.</summary>
    /// <param name="root">How the container's root is put together.</param>
    /// <param name="marksEmptied">Whether a directory that hides the image's is one change of its own, or each name that it hides.</param>
    /// <param name="doing">What is done, for messages.</param>
    public static IReadOnlyList<ContainerChange> Find(RootPlan root, bool marksEmptied, string doing)
    {
        var changes = new ContainerChanges(marksEmptied, doing);
        using var upper = FileSystem.Open(Descriptor.WorkingDirectory, root.Upper, OpenFlags.ReadOnly | OpenFlags.Directory);
        using var lower = LowerDirectory.Root(root.Layers);
        changes.Compare(upper, lower, [], depth: 0, hides: false);
        return changes._changes;
    }

    // Below a directory that hides the image's all are new, and have no mark of their own.
    private void Compare(Descriptor upper, LowerDirectory lower, byte[] path, int depth, bool hides)
    {
        if (depth > UnpackLimits.Default.MaxDepth)
        {
            throw _errors.BeyondLimit(path, $"it is more than {UnpackLimits.Default.MaxDepth} directories deep");
        }

        var names = new SortedSet<byte[]>(RawNodes.ReadNames(upper.Number), Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
        hides |= depth > 0 && LowerDirectory.IsOpaque(upper.Number);
        var hidden = hides && !_marksEmptied ? lower.Names() : [];
        hidden.ExceptWith(names);
        names.UnionWith(hidden);
        foreach (var name in names)
        {
            byte[] full = path.Length == 0 ? name : [.. path, (byte)'/', .. name];
            using var before = lower.Find(name);
            using var now = hidden.Contains(name) ? null : OpenedNode.TryOpen(upper.Number, name);
            if (now is null || LowerDirectory.IsWhiteout(now.Status))
            {
                if (before is not null)
                {
                    _changes.Add(new ContainerChange(full, ChangeKind.Deleted));
                }
            }
            else if (now.IsDirectory)
            {
                CompareDirectory(now, before, (lower, full), depth, hides);
            }
            else if (before is null ? !IsPlaceholder(full, now.Status) : Differs(before, now))
            {
                _changes.Add(new ContainerChange(full, before is null ? ChangeKind.Added : ChangeKind.Modified));
            }
        }
    }

    private void CompareDirectory(OpenedNode now, OpenedNode? before, (LowerDirectory Above, byte[] Path) place, int depth, bool hides)
    {
        var path = place.Path;
        using var directory = now.OpenDirectory();
        using var lower = before is { IsDirectory: true } ? place.Above.Enter(path.AsSpan(path.AsSpan().LastIndexOf((byte)'/') + 1)) : LowerDirectory.Absent;
        var at = _changes.Count;
        var emptied = _marksEmptied && before is { IsDirectory: true } && LowerDirectory.IsOpaque(directory.Number);
        using (var compared = emptied ? LowerDirectory.Absent : null)
        {
            Compare(directory, compared ?? lower, path, depth + 1, hides);
        }

        if (emptied)
        {
            _changes.Insert(at, new ContainerChange(path, ChangeKind.Emptied));
        }
        else if (_changes.Count > at || (before is null ? !IsPlaceholder(path, now.Status) : Differs(before, now)))
        {
            _changes.Insert(at, new ContainerChange(path, before is null ? ChangeKind.Added : ChangeKind.Modified));
        }
    }

    // What the runtime mounts upon is made where the image lacks it. Docker makes it in a layer below the container's (moby, daemon/initlayer), where it is no
    // change either.
    private static bool IsPlaceholder(byte[] path, FileStatus status) =>
        (status.Type == FileStatus.Directory || (status.Type == FileStatus.Regular && status.Size == 0)) && Placeholders.Contains(System.Text.Encoding.Latin1.GetString(path));

    private static bool Differs(OpenedNode before, OpenedNode now)
    {
        var (a, b) = (before.Status, now.Status);
        return a.Mode != b.Mode || a.Owner != b.Owner || a.Group != b.Group || a.Device != b.Device
            || (!now.IsDirectory && (a.Size != b.Size || a.Times[2] != b.Times[2] || a.Times[3] != b.Times[3]))
            || !Capability(before).AsSpan().SequenceEqual(Capability(now));
    }

    private static byte[] Capability(OpenedNode node) => RawNodes.Attribute(node.Number, "security.capability"u8);
}
