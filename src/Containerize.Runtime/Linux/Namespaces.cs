using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Linux;

/// <summary>The kinds of namespace: the specification's words, clone's flags, the names below /proc/PID/ns.</summary>
internal static class Namespaces
{
    /// <summary>In the order in which they are joined: user first, as it gives the rights to the rest, mount last.</summary>
    public static readonly (string Word, ulong Flag, string File)[] All =
    [
        ("user", CloneFlags.NewUser, "user"),
        ("ipc", CloneFlags.NewIpc, "ipc"),
        ("uts", CloneFlags.NewUts, "uts"),
        ("network", CloneFlags.NewNetwork, "net"),
        ("pid", CloneFlags.NewPid, "pid"),
        ("cgroup", CloneFlags.NewCgroup, "cgroup"),
        ("time", CloneFlags.NewTime, "time"),
        ("mount", CloneFlags.NewMount, "mnt"),
    ];

    /// <summary>Whether the configuration makes or joins a namespace of its own.</summary>
    public static bool HasOwn(this RuntimeSpec spec, string word) => Find(spec, word) is not null;

    /// <summary>Whether the configuration makes a new namespace.</summary>
    public static bool HasNew(this RuntimeSpec spec, string word) => Find(spec, word) is { } found && string.IsNullOrEmpty(found.Path);

    /// <summary>What the configuration says of a namespace; null where it is the runtime's own.</summary>
    public static NamespaceSpec? Find(this RuntimeSpec spec, string word)
    {
        foreach (var item in spec.Linux?.Namespaces ?? [])
        {
            if (item.Type == word)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>The device and inode of a namespace of a process, which tell it from others; null where there is none.</summary>
    public static string? Identity(string process, string file)
    {
        try
        {
            return FileSystem.ReadLink(Descriptor.WorkingDirectory, $"/proc/{process}/ns/{file}");
        }
        catch (SyscallException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
    }
}
