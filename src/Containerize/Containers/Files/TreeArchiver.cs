using System.Runtime.InteropServices;
using Containerize.Layers;
using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>Writes trees as a tar: owners, permissions, attributes and hard links as they are, names in ordinal order.</summary>
/// <remarks>Somebody may change the tree meanwhile. Each step is from descriptor to descriptor and follows no link; what has gone is left out.</remarks>
/// <param name="tar">The tar.</param>
/// <param name="wholeSeconds">Whether times lose what is below a second, as docker's layers do: most entries need one header less then.</param>
/// <param name="doing">What is done, for messages.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class TreeArchiver(TarWriter tar, bool wholeSeconds, string doing, CancellationToken cancellationToken)
{
    private readonly Dictionary<(ulong FileSystem, ulong Inode), byte[]> _links = [];
    private readonly UnpackErrors _errors = new(doing);

    /// <summary>Writes a node and all below it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">Its path in the tar; empty: it is the tar's root.</param>
    public void Write(OpenedNode node, byte[] path) => Write(node, path, depth: 0);

    /// <summary>Writes the node only.</summary>
    public void WriteOne(OpenedNode node, byte[] path)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (path.Length > UnpackLimits.Default.MaxPathBytes)
        {
            throw _errors.BeyondLimit(path, $"its path has more than {UnpackLimits.Default.MaxPathBytes} bytes");
        }

        if (node.Describe(path.Length == 0 ? [(byte)'.'] : path) is not { } member)
        {
            return;
        }

        member = wholeSeconds ? member with { Times = [member.Times[0], 0, member.Times[2], 0] } : member;
        if (!node.IsDirectory && node.Status.Links > 1 && !_links.TryAdd((node.Status.FileSystem, node.Status.Inode), path))
        {
            tar.WriteHeader(member with { Kind = TarKind.HardLink, Link = _links[(node.Status.FileSystem, node.Status.Inode)], Size = 0, Attributes = [] });
            return;
        }

        if (member.Kind == TarKind.File)
        {
            WriteFile(node, member);
        }
        else
        {
            tar.WriteHeader(member);
        }
    }

    /// <summary>Writes all that is in a directory, and not the directory.</summary>
    public void WriteBelow(OpenedNode node) => WriteBelow(node, [], depth: 0);

    private void Write(OpenedNode node, byte[] path, int depth)
    {
        WriteOne(node, path);
        if (node.IsDirectory)
        {
            WriteBelow(node, path, depth);
        }
    }

    private void WriteBelow(OpenedNode node, byte[] path, int depth)
    {
        if (depth > UnpackLimits.Default.MaxDepth)
        {
            throw _errors.BeyondLimit(path, $"it is more than {UnpackLimits.Default.MaxDepth} directories deep");
        }

        using var directory = node.OpenDirectory();
        var names = RawNodes.ReadNames(directory.Number);
        names.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        foreach (var name in names)
        {
            using var child = OpenedNode.TryOpen(directory.Number, name);
            if (child is not null)
            {
                Write(child, path.Length == 0 ? name : [.. path, (byte)'/', .. name], depth + 1);
            }
        }
    }

    private void WriteFile(OpenedNode node, TarMember member)
    {
        using var file = node.OpenFile();
        tar.WriteHeader(member);
        tar.WriteContent(member.Size, buffer => Read(file.Number, buffer.Span), cancellationToken);
    }

    private static unsafe int Read(int file, Span<byte> buffer)
    {
        fixed (byte* at = &MemoryMarshal.GetReference(buffer))
        {
            return (int)Syscall.Check(Syscall.Try(SyscallNumber.Read, file, (nint)at, buffer.Length), "read");
        }
    }
}
