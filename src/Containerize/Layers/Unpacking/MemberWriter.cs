using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>Makes the entries of a layer's tar in a directory; a later one of the same name takes the place of the earlier.</summary>
/// <param name="tree">Where.</param>
/// <param name="whiteouts">What becomes of whiteouts; null: their names are names as others, and a directory and something else do not take each other's place.</param>
/// <param name="metadata">Owners, permissions, attributes.</param>
/// <param name="times">The directories' times.</param>
/// <param name="errors">What goes wrong.</param>
internal sealed class MemberWriter(DirectoryTree tree, IWhiteouts? whiteouts, NodeMetadata metadata, DirectoryTimes times, UnpackErrors errors)
{
    private const uint PrivateMode = 0x180; // 0600, until it is whole

    /// <summary>The bytes of the files.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes one entry.</summary>
    public void Write(TarMember member, EntryPath path, TarMemberReader content)
    {
        tree.Settle();
        if (path.IsRoot)
        {
            // Copying into a directory leaves the directory itself as it is.
            if (whiteouts is not null)
            {
                WriteRoot(member);
            }

            return;
        }

        if (whiteouts is null)
        {
            Make(member, tree.Open(path.Parent), path, content);
            return;
        }

        if (Whiteout.IsOwn(path))
        {
            if (path.Name.SequenceEqual(Whiteout.Opaque) && !Whiteout.IsAbove(path))
            {
                whiteouts.HideAll(tree.Open(path.Parent), path.Parent);
            }

            return;
        }

        if (Whiteout.IsAbove(path))
        {
            throw errors.NotAllowed(path.All, "it is below a name that begins with '.wh.', which only takes names away");
        }

        if (path.Name.StartsWith(Whiteout.Prefix))
        {
            Hide(path);
            return;
        }

        var directory = tree.Open(path.Parent);
        Make(member, directory, path, content);
        whiteouts.Made(directory, path.Name);
    }

    private void Make(TarMember member, OpenedDirectory directory, EntryPath path, TarMemberReader content)
    {
        switch (member.Kind)
        {
            case TarKind.Directory:
                MakeDirectory(member, directory, path);
                break;
            case TarKind.File:
                MakeFile(member, directory, path, content);
                break;
            case TarKind.HardLink:
                MakeHardLink(member, directory, path);
                break;
            default:
                MakeUnopened(member, directory, path);
                break;
        }
    }

    private void WriteRoot(TarMember member)
    {
        if (member.Kind != TarKind.Directory)
        {
            throw errors.NotAllowed(member.Path, "it stands for the root, and is no directory");
        }

        metadata.Apply(tree.Root.Number, member);
        times.Set([], member.Times);
    }

    private void Hide(EntryPath path)
    {
        var name = path.Name[Whiteout.Prefix.Length..];
        if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            throw errors.NotAllowed(path.All, "it takes away something that is no name");
        }

        whiteouts!.Hide(tree.Open(path.Parent), path.WithName(name));
    }

    private void MakeDirectory(TarMember member, OpenedDirectory parent, EntryPath path)
    {
        var uncovers = false;
        var made = RawNodes.TryMakeDirectory(parent.Number, path.Name, PrivateMode | 0x40);
        if (made == -Errno.EEXIST && tree.TryOpenMade(parent, path) is null)
        {
            if (whiteouts is null)
            {
                throw errors.OtherKind(path.All, isDirectory: true);
            }

            uncovers = Whiteout.IsThere(parent, path.Name);
            Remove(parent, path);
            made = RawNodes.TryMakeDirectory(parent.Number, path.Name, PrivateMode | 0x40);
        }

        if (made < 0 && made != -Errno.EEXIST)
        {
            throw errors.Writing(path.All, "mkdirat", made);
        }

        var directory = tree.TryOpenMade(parent, path) ?? throw errors.Writing(path.All, "open", -Errno.ENOTDIR);
        metadata.Apply(directory.Number, member);
        if (uncovers)
        {
            whiteouts!.HideAll(directory, path.All);
        }

        times.Set(path.All, member.Times);
    }

    private void MakeFile(TarMember member, OpenedDirectory directory, EntryPath path, TarMemberReader content)
    {
        var made = RawNodes.TryCreate(directory.Number, path.Name, PrivateMode);
        if (made == -Errno.EEXIST)
        {
            Remove(directory, path);
            made = RawNodes.TryCreate(directory.Number, path.Name, PrivateMode);
        }

        if (made < 0)
        {
            throw errors.Writing(path.All, "open", made);
        }

        using var file = new Descriptor((int)made);
        for (var some = content.Content(); !some.IsEmpty; some = content.Content())
        {
            var written = RawNodes.TryWriteAll(file.Number, some);
            if (written < 0)
            {
                throw errors.Writing(path.All, "write", written);
            }
        }

        Bytes += member.Size;
        // After the content: a write takes set-id bits and capabilities away.
        metadata.Apply(file.Number, member);
        metadata.ApplyTimes(file.Number, member);
    }

    private void MakeHardLink(TarMember member, OpenedDirectory directory, EntryPath path)
    {
        var target = EntryPath.Of(member.Link, errors);
        var targetDirectory = tree.Open(target.Parent);
        var made = RawNodes.TryMakeHardLink(targetDirectory.Number, target.Name, directory.Number, path.Name);
        if (made == -Errno.EEXIST)
        {
            var there = NodeRemoval.StatusOf(directory.Number, path.Name);
            if (there is not null && there.Inode == NodeRemoval.StatusOf(targetDirectory.Number, target.Name)?.Inode)
            {
                return;
            }

            Remove(directory, path);
            made = RawNodes.TryMakeHardLink(targetDirectory.Number, target.Name, directory.Number, path.Name);
        }

        if (made is -Errno.ENOENT or -Errno.EPERM)
        {
            throw errors.NotAllowed(path.All, $"it is a hard link to '{ByteNames.Show(member.Link)}', which the layer does not have as a file");
        }

        if (made < 0)
        {
            throw errors.Writing(path.All, "linkat", made);
        }
    }

    private void MakeUnopened(TarMember member, OpenedDirectory directory, EntryPath path)
    {
        var made = TryMakeUnopened(member, directory, path);
        if (made == -Errno.EEXIST)
        {
            Remove(directory, path);
            made = TryMakeUnopened(member, directory, path);
        }

        if (made == -Errno.EPERM && member.Kind is not (TarKind.SymbolicLink or TarKind.Fifo))
        {
            metadata.LeaveOutDevice();
            return;
        }

        if (made < 0)
        {
            throw errors.Writing(path.All, member.Kind == TarKind.SymbolicLink ? "symlinkat" : "mknodat", made);
        }

        metadata.ApplyUnopened(directory, path.Name, member);
    }

    private static nint TryMakeUnopened(TarMember member, OpenedDirectory directory, EntryPath path) => member.Kind switch
    {
        TarKind.SymbolicLink => RawNodes.TryMakeLink(member.Link, directory.Number, path.Name),
        TarKind.Fifo => RawNodes.TryMakeNode(directory.Number, path.Name, FileStatus.Fifo | PrivateMode, 0),
        _ => RawNodes.TryMakeNode(
            directory.Number,
            path.Name,
            (member.Kind == TarKind.BlockDevice ? FileStatus.Block : FileStatus.Character) | PrivateMode,
            FileStatus.DeviceNumber(member.Major, member.Minor)),
    };

    private void Remove(OpenedDirectory directory, EntryPath path)
    {
        if (whiteouts is null && NodeRemoval.StatusOf(directory.Number, path.Name) is { } there)
        {
            // The kernel refuses that only for mounts in our own namespace, and takes those of all others away with the name (unlink(2), EBUSY).
            if (there.IsMountRoot)
            {
                throw errors.Writing(path.All, "unlinkat", -Errno.EBUSY);
            }

            if (there.Type == FileStatus.Directory)
            {
                throw errors.OtherKind(path.All, isDirectory: false);
            }
        }

        // A path through what is removed may lead elsewhere from now on.
        tree.Forget();
        var removed = whiteouts is null
            ? RawNodes.TryRemove(directory.Number, path.Name, isDirectory: false)
            : NodeRemoval.TryRemove(directory.Number, path.Name);
        if (removed < 0)
        {
            throw errors.Writing(path.All, "unlinkat", removed);
        }
    }
}
