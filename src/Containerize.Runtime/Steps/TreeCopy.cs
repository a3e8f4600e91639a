
namespace Containerize.Runtime.Steps;

/// <summary>A copy of a directory's content by descriptor, with owners, permissions and times: what a tmpfs with tmpcopyup begins with.</summary>
internal static class TreeCopy
{
    private const nint MostAtOnce = 1 << 30;

    /// <summary>Copies what is in one open directory into another.</summary>
    public static void Copy(int from, int to)
    {
        foreach (var name in FileNodes.ReadNames(from))
        {
            using var source = FileSystem.Open(from, name, OpenFlags.PathOnly | OpenFlags.NoFollow);
            CopyEntry(from, to, name, FileStatus.Of(source.Number));
        }
    }

    private static void CopyEntry(int from, int to, string name, FileStatus status)
    {
        if (status.Type == FileStatus.SymbolicLink)
        {
            Syscall.Check(FileNodes.TryLink(FileSystem.ReadLink(from, name), to, name), "symlinkat", name);
            using var link = FileSystem.Open(to, name, OpenFlags.PathOnly | OpenFlags.NoFollow);
            FileNodes.ChangeOwner(link.Number, status.Owner, status.Group, name);
        }
        else if (status.Type == FileStatus.Directory)
        {
            FileSystem.MakeDirectory(to, name, 0x1C0);
            using var source = FileSystem.Open(from, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            using var target = FileSystem.Open(to, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            Copy(source.Number, target.Number);
            Dress(target.Number, status, name);
        }
        else if (status.Type == FileStatus.Regular)
        {
            using var source = FileSystem.Open(from, name, OpenFlags.ReadOnly | OpenFlags.NoFollow);
            using var target = FileSystem.Open(to, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, mode: 0x180);
            while (Syscall.Check(Syscall.Try(SyscallNumber.Sendfile, target.Number, source.Number, 0, MostAtOnce), "sendfile", name) > 0)
            {
            }

            Dress(target.Number, status, name);
        }
        else
        {
            Syscall.Check(FileNodes.TryMake(to, name, status.Mode, status.Device), "mknodat", name);
            using var node = FileSystem.Open(to, name, OpenFlags.PathOnly | OpenFlags.NoFollow);
            FileNodes.ChangeOwner(node.Number, status.Owner, status.Group, name);
        }
    }

    // The owner first: a change of it takes set-id bits away.
    private static void Dress(int file, FileStatus status, string name)
    {
        FileNodes.ChangeOwner(file, status.Owner, status.Group, name);
        FileNodes.ChangeMode(file, status.Permissions, name);
        FileNodes.ChangeTimes(file, status.Times, name);
    }
}
