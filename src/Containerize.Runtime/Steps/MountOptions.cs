using System.Text;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Which ids of an idmapped mount are mapped.</summary>
internal enum IdMapped
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of the mount itself.</summary>
    Top,

    /// <summary>Those of the mounts below it too.</summary>
    Recursive,
}

/// <summary>The option words of a mount, sorted by who understands them (runtime-spec config.md, Linux mount options).</summary>
internal sealed record MountOptions
{
    /// <summary>All words that are understood here, and are not the filesystem's: what `features` names (features.md, Mount Options).</summary>
    public static string[] Words =>
    [
        "acl", "async", "atime", "bind", "bind-nonrecursive", "defaults", "dev", "diratime", "dirsync", "exec", "idmap", "iversion", "lazytime", "loud", "mand",
        "noacl", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow",
        "private", "ratime", "rbind", "rdev", "rdiratime", "relatime", "remount", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec",
        "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid",
        "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid", "symfollow", "sync", "tmpcopyup", "unbindable",
    ];

    /// <summary>Flags of mount(2) that are set.</summary>
    public ulong Flags { get; private init; }

    /// <summary>Flags of mount(2) that are asked not to be set.</summary>
    public ulong Cleared { get; private init; }

    /// <summary>Changes of the propagation, in their order, each one flag and perhaps <see cref="MountFlags.Recursive"/>.</summary>
    public IReadOnlyList<ulong> Propagation { get; private init; } = [];

    /// <summary>Attributes that the mount and all below it get.</summary>
    public ulong RecursiveSet { get; private init; }

    /// <summary>Attributes that the mount and all below it lose.</summary>
    public ulong RecursiveClear { get; private init; }

    /// <summary>Whether a tmpfs begins with what was there before.</summary>
    public bool CopyUp { get; private init; }

    /// <summary>Whether ids are mapped.</summary>
    public IdMapped IdMapped { get; private init; }

    /// <summary>All other words, joined with commas: the filesystem's own options.</summary>
    public string Data { get; private init; } = "";

    /// <summary>Whether it is a bind mount.</summary>
    public bool IsBind => (Flags & MountFlags.Bind) != 0;

    /// <summary>Whether what is there is changed, and nothing mounted.</summary>
    public bool IsRemount => (Flags & MountFlags.Remount) != 0;

    /// <summary>Sorts the words; of two that contradict each other the later holds.</summary>
    public static MountOptions Parse(IReadOnlyList<string>? words)
    {
        ulong flags = 0, cleared = 0, recursiveSet = 0, recursiveClear = 0;
        var propagation = new List<ulong>();
        var data = new StringBuilder();
        var copyUp = false;
        var idMapped = IdMapped.None;
        foreach (var word in words ?? [])
        {
            if (SetFlag(word) is { } set)
            {
                flags |= set;
                cleared &= ~set;
            }
            else if (ClearedFlag(word) is { } clear)
            {
                flags &= ~clear;
                cleared |= clear;
            }
            else if (PropagationOf(word) is { } change)
            {
                propagation.Add(change);
            }
            else if (RecursiveAttribute(word) is var (added, removed))
            {
                recursiveSet = (recursiveSet & ~removed) | added;
                recursiveClear = (recursiveClear & ~added) | removed;
            }
            else if (word is "tmpcopyup")
            {
                copyUp = true;
            }
            else if (word is "idmap" or "ridmap")
            {
                idMapped = word == "idmap" ? IdMapped.Top : IdMapped.Recursive;
            }
            else if (word.Length > 0)
            {
                data.Append(data.Length == 0 ? "" : ",").Append(word);
            }
        }

        return new MountOptions
        {
            Flags = flags,
            Cleared = cleared,
            Propagation = propagation,
            RecursiveSet = recursiveSet,
            RecursiveClear = recursiveClear,
            CopyUp = copyUp,
            IdMapped = idMapped,
            Data = data.ToString(),
        };
    }

    /// <summary>The same options as those of a bind mount.</summary>
    public MountOptions AsBind(bool recursive) =>
        this with { Flags = Flags | MountFlags.Bind | (recursive ? MountFlags.Recursive : 0), Data = "", CopyUp = false };

    /// <summary>The same options, whose attributes hold for the mounts below too.</summary>
    public MountOptions ForAllBelow() => this with { RecursiveSet = RecursiveSet | MountAttributes.Of(Flags) };

    /// <summary>The same options with other ones of the filesystem's own.</summary>
    public MountOptions WithData(string data) => this with { Data = data };

    /// <summary>The same options with another propagation.</summary>
    public MountOptions WithPropagation(IReadOnlyList<ulong> propagation) => this with { Propagation = propagation };

    /// <summary>The flags of a propagation's word, as also rootfsPropagation has it; null: it is none.</summary>
    public static ulong? PropagationOf(string word) => word switch
    {
        "shared" => MountFlags.Shared,
        "slave" => MountFlags.Slave,
        "private" => MountFlags.Private,
        "unbindable" => MountFlags.Unbindable,
        "rshared" => MountFlags.Shared | MountFlags.Recursive,
        "rslave" => MountFlags.Slave | MountFlags.Recursive,
        "rprivate" => MountFlags.Private | MountFlags.Recursive,
        "runbindable" => MountFlags.Unbindable | MountFlags.Recursive,
        _ => null,
    };

    private static ulong? SetFlag(string word) => word switch
    {
        "defaults" => 0,
        "acl" => MountFlags.PosixAcl,
        "bind" or "bind-nonrecursive" => MountFlags.Bind,
        "dirsync" => MountFlags.DirectorySync,
        "iversion" => MountFlags.InodeVersion,
        "lazytime" => MountFlags.LazyTime,
        "mand" => MountFlags.MandatoryLocks,
        "noatime" => MountFlags.NoAccessTime,
        "nodev" => MountFlags.NoDevices,
        "nodiratime" => MountFlags.NoDirectoryAccessTime,
        "noexec" => MountFlags.NoExec,
        "nosuid" => MountFlags.NoSuid,
        "nosymfollow" => MountFlags.NoSymbolicLinks,
        "rbind" => MountFlags.Bind | MountFlags.Recursive,
        "relatime" => MountFlags.RelativeAccessTime,
        "remount" => MountFlags.Remount,
        "ro" => MountFlags.ReadOnly,
        "silent" => MountFlags.Silent,
        "strictatime" => MountFlags.StrictAccessTime,
        "sync" => MountFlags.Synchronous,
        _ => null,
    };

    private static ulong? ClearedFlag(string word) => word switch
    {
        "async" => MountFlags.Synchronous,
        "atime" => MountFlags.NoAccessTime,
        "dev" => MountFlags.NoDevices,
        "diratime" => MountFlags.NoDirectoryAccessTime,
        "exec" => MountFlags.NoExec,
        "loud" => MountFlags.Silent,
        "noacl" => MountFlags.PosixAcl,
        "noiversion" => MountFlags.InodeVersion,
        "nolazytime" => MountFlags.LazyTime,
        "nomand" => MountFlags.MandatoryLocks,
        "norelatime" => MountFlags.RelativeAccessTime,
        "nostrictatime" => MountFlags.StrictAccessTime,
        "rw" => MountFlags.ReadOnly,
        "suid" => MountFlags.NoSuid,
        "symfollow" => MountFlags.NoSymbolicLinks,
        _ => null,
    };

    // The field of access times is cleared as a whole whenever it is set (mount_setattr(2)).
    private static (ulong Set, ulong Clear)? RecursiveAttribute(string word) => word switch
    {
        "rro" => (MountAttributes.ReadOnly, 0),
        "rrw" => (0, MountAttributes.ReadOnly),
        "rnosuid" => (MountAttributes.NoSuid, 0),
        "rsuid" => (0, MountAttributes.NoSuid),
        "rnodev" => (MountAttributes.NoDevices, 0),
        "rdev" => (0, MountAttributes.NoDevices),
        "rnoexec" => (MountAttributes.NoExec, 0),
        "rexec" => (0, MountAttributes.NoExec),
        "rnodiratime" => (MountAttributes.NoDirectoryAccessTime, 0),
        "rdiratime" => (0, MountAttributes.NoDirectoryAccessTime),
        "rnosymfollow" => (MountAttributes.NoSymbolicLinks, 0),
        "rsymfollow" => (0, MountAttributes.NoSymbolicLinks),
        "rnoatime" => AccessTime(MountAttributes.NoAccessTime),
        "rstrictatime" => AccessTime(MountAttributes.StrictAccessTime),
        "rrelatime" or "rnorelatime" or "ratime" or "rnostrictatime" => AccessTime(0),
        _ => null,
    };

    private static (ulong Set, ulong Clear) AccessTime(ulong value) => (value, MountAttributes.AccessTime);
}
