using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>
/// The container's root as a directory that no path leaves: the kernel itself resolves links and ".." inside it, and what is missing is
/// made one component after the other, by descriptor (CVE-2021-30465, CVE-2024-45310).
/// </summary>
internal sealed class RootDirectory : IDisposable
{
    private const int MostLinks = 40;
    private const uint NewMode = 0x1ED;
    private const ResolveFlags Inside = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
    private readonly ProcFs _proc;
    private Descriptor _root;

    /// <summary>Takes an open directory as the root.</summary>
    public RootDirectory(Descriptor root, ProcFs proc)
    {
        _root = root;
        _proc = proc;
    }

    /// <summary>The directory itself.</summary>
    public int Number => _root.Number;

    /// <summary>A path with neither "." nor ".." nor a second slash, without looking at the disk; absolute.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(parts.Count - 1, 0), Math.Min(parts.Count, 1));
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>Takes what is mounted over the root now.</summary>
    public void Replace(Descriptor root)
    {
        _root.Dispose();
        _root = root;
    }

    /// <summary>Opens what is there.</summary>
    /// <param name="path">The path in the container.</param>
    /// <param name="flags">Of <see cref="OpenFlags"/>.</param>
    /// <param name="more">What else may not be on the way.</param>
    public Descriptor Open(string path, int flags = OpenFlags.PathOnly, ResolveFlags more = ResolveFlags.None) =>
        FileSystem.Open(_root.Number, path, flags, Inside | more);

    /// <summary>As <see cref="Open"/>, or null where nothing is there.</summary>
    public Descriptor? TryOpen(string path, int flags = OpenFlags.PathOnly, ResolveFlags more = ResolveFlags.None)
    {
        var opened = FileSystem.TryOpen(_root.Number, path, flags, Inside | more);
        return opened == -Errno.ENOENT ? null : new Descriptor((int)Syscall.Check(opened, "openat2", path));
    }

    /// <summary>Opens a directory, with those above it made where they are missing.</summary>
    public Descriptor MakeDirectory(string path) => TryOpen(path) ?? Walk(path, isFile: false, followLinks: true);

    /// <summary>As <see cref="MakeDirectory"/>, where no part of the path may be a link.</summary>
    public Descriptor MakeOrdinaryDirectory(string path) =>
        TryOpen(path, OpenFlags.PathOnly | OpenFlags.Directory, ResolveFlags.NoSymbolicLinks) ?? Walk(path, isFile: false, followLinks: false);

    /// <summary>Opens what is at a path; an empty file is made where there is nothing.</summary>
    public Descriptor MakeFile(string path) => TryOpen(path) ?? Walk(path, isFile: true, followLinks: true);

    /// <summary>Opens the directory of a path's last component, made where it is missing, and gives that component.</summary>
    public Descriptor MakeParent(string path, out string name)
    {
        var clean = Clean(path);
        var slash = clean.LastIndexOf('/');
        name = clean[(slash + 1)..];
        return MakeDirectory(slash == 0 ? "/" : clean[..slash]);
    }

    /// <summary>The path that a descriptor has in the container, whatever links led to it.</summary>
    public string PathOf(int descriptor)
    {
        var root = _proc.PathBehind(_root.Number).TrimEnd('/');
        var path = _proc.PathBehind(descriptor);
        if (path.TrimEnd('/') == root)
        {
            return "/";
        }

        return path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..] : throw new SyscallException("openat2", path, Errno.EXDEV);
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    // The kernel makes nothing on the way, so the links on it are followed here; each step opens one name and follows nothing.
    private Descriptor Walk(string path, bool isFile, bool followLinks)
    {
        var pending = new Stack<string>();
        Push(pending, path);
        var done = new List<string>();
        var links = 0;
        var at = Open("/");
        try
        {
            while (pending.Count > 0)
            {
                var name = pending.Pop();
                if (name == "..")
                {
                    done.RemoveRange(Math.Max(done.Count - 1, 0), Math.Min(done.Count, 1));
                    Move(ref at, Open("/" + string.Join('/', done), OpenFlags.PathOnly | OpenFlags.Directory, ResolveFlags.NoSymbolicLinks));
                    continue;
                }

                var child = OpenOrMake(at, name, isFile && pending.Count == 0);
                if (FileStatus.Of(child.Number).Type != FileStatus.SymbolicLink)
                {
                    Move(ref at, child);
                    done.Add(name);
                    continue;
                }

                using (child)
                {
                    if (!followLinks || ++links > MostLinks)
                    {
                        throw new SyscallException("openat2", path, Errno.ELOOP);
                    }

                    var target = FileSystem.ReadLink(child.Number, "");
                    Push(pending, target);
                    if (target.StartsWith('/'))
                    {
                        done.Clear();
                        Move(ref at, Open("/"));
                    }
                }
            }

            return at;
        }
        catch
        {
            at.Dispose();
            throw;
        }
    }

    private static Descriptor OpenOrMake(Descriptor directory, string name, bool isFile)
    {
        const ResolveFlags OneStep = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks;
        var opened = FileSystem.TryOpen(directory.Number, name, OpenFlags.PathOnly | OpenFlags.NoFollow, OneStep);
        if (opened == -Errno.ENOENT)
        {
            var made = isFile ? FileSystem.TryMakeFile(directory.Number, name, NewMode) : FileSystem.TryMakeDirectory(directory.Number, name, NewMode);
            // EEXIST: another container on the same root was faster; what it made is looked at as what was there before.
            if (made != -Errno.EEXIST)
            {
                Syscall.Check(made, isFile ? "openat2" : "mkdirat", name);
            }

            opened = FileSystem.TryOpen(directory.Number, name, OpenFlags.PathOnly | OpenFlags.NoFollow, OneStep);
        }

        return new Descriptor((int)Syscall.Check(opened, "openat2", name));
    }

    private static void Push(Stack<string> pending, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] != ".")
            {
                pending.Push(parts[i]);
            }
        }
    }

    private static void Move(ref Descriptor at, Descriptor to)
    {
        at.Dispose();
        at = to;
    }
}
