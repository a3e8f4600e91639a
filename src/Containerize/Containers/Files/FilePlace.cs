using System.Text;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>A path in a container or on the host, as <c>cp</c> is given it.</summary>
internal sealed class FilePlace
{
    private const int MostLinks = 40;
    private const ResolveFlags Confined = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
    private readonly int _root;
    private readonly ResolveFlags _resolve;

    private FilePlace(int root, ResolveFlags resolve, string path, string shown)
    {
        (_root, _resolve, Shown) = (root, resolve, shown);
        Path = Clean(path);
        AssertsDirectory = path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal) || path == ".";
        IsContents = Path == "/" || path.EndsWith("/.", StringComparison.Ordinal) || path == ".";
    }

    /// <summary>The path as it was written.</summary>
    public string Shown { get; }

    /// <summary>The path, absolute, without "." and "..": these are taken away before links are looked at, as docker does it.</summary>
    public string Path { get; }

    /// <summary>Its last name.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Whether it says that it is a directory, by a slash at its end.</summary>
    public bool AssertsDirectory { get; }

    /// <summary>Whether it says what is in a directory, by a dot after that slash.</summary>
    public bool IsContents { get; }

    /// <summary>A path in a container: the kernel follows its links with the container's root as theirs, whatever the container does meanwhile (openat2(2)).</summary>
    public static FilePlace InContainer(Descriptor root, string path, string container) => new(root.Number, Confined, path, $"{container}:{path}");

    /// <summary>A path on the host.</summary>
    /// <param name="directory">Where relative paths start.</param>
    /// <param name="path">The path.</param>
    public static FilePlace OnHost(string directory, string path) =>
        new(Descriptor.WorkingDirectory, ResolveFlags.None, path.StartsWith('/') ? path : directory + "/" + path, path);

    /// <summary>Opens what is there; CTZ5050 where nothing is.</summary>
    /// <param name="followLink">Whether of a link what it leads to; so also where a directory is asserted.</param>
    public OpenedNode Open(bool followLink)
    {
        var flags = OpenFlags.PathOnly | (AssertsDirectory ? OpenFlags.Directory : followLink ? 0 : OpenFlags.NoFollow);
        var opened = FileSystem.TryOpen(_root, Path, flags, _resolve);
        return opened >= 0
            ? OpenedNode.Of(new Descriptor((int)opened))
            : throw new ContainerizeException(5050, $"finding {Shown}", Errno.Describe((int)-opened), _resolve == Confined
                ? "See what is there: paths in a container begin at its root."
                : "See what is there: a relative path on this machine begins in the current folder.");
    }

    /// <summary>Finds where a copy is to go; CTZ5050 where the directory is not there in which it would be.</summary>
    public CopyTarget Target()
    {
        var path = Path;
        for (var links = 0; ; links++)
        {
            if (path == "/")
            {
                return new CopyTarget(CopyTargetKind.Directory, Directory(path), "");
            }

            var (above, name) = Split(path);
            using var directory = Directory(above);
            using var node = OpenedNode.TryOpen(directory.Number, Encoding.UTF8.GetBytes(name));
            if (node is null)
            {
                return new CopyTarget(CopyTargetKind.Nothing, Again(directory), name);
            }

            if (node.Status.Type == FileStatus.SymbolicLink)
            {
                // A link to nothing says where the file is to be made.
                path = links < MostLinks
                    ? Clean(Encoding.UTF8.GetString(Linux.RawNodes.ReadLink(node.Number)) is var link && link.StartsWith('/') ? link : $"{above}/{link}")
                    : throw new ContainerizeException(5050, $"finding {Shown}", Errno.Describe(Errno.ELOOP), "");
                continue;
            }

            return node.Status.Type switch
            {
                FileStatus.Directory => new CopyTarget(CopyTargetKind.Directory, node.OpenDirectory(), ""),
                FileStatus.Regular => new CopyTarget(CopyTargetKind.File, Again(directory), name),
                _ => new CopyTarget(CopyTargetKind.Other, Again(directory), name),
            };
        }
    }

    private static Descriptor Again(Descriptor directory) => new(directory.Release());

    private static (string Above, string Name) Split(string path) => (path[..Math.Max(1, path.LastIndexOf('/'))], path[(path.LastIndexOf('/') + 1)..]);

    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/').Where(p => p is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return "/" + string.Join('/', parts);
    }

    private Descriptor Directory(string path)
    {
        var opened = FileSystem.TryOpen(_root, path, OpenFlags.ReadOnly | OpenFlags.Directory, _resolve);
        return opened >= 0
            ? new Descriptor((int)opened)
            : throw new ContainerizeException(5050, $"finding the directory of {Shown}", Errno.Describe((int)-opened), "Make it first: cp makes the last name of a path, and none above it.");
    }
}
