using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime;

/// <summary>What the runtime keeps of one container: &lt;root&gt;/&lt;id&gt; with state.json, config.json, the lock, and a FIFO until it is started.</summary>
/// <remarks>Everything is reached through the directory's descriptor. state.json is replaced as a whole, and every command that changes something holds the lock.</remarks>
internal sealed class StateDirectory : IDisposable
{
    public const string Record = "state.json";
    public const string Config = "config.json";
    public const string StartFifo = "exec.fifo";
    private const string LockFile = "lock";
    private const int MostBytes = 16 * 1024 * 1024;
    private const int LongestId = 1024;

    private readonly string _root;
    private readonly Descriptor _directory;
    private Descriptor? _lock;

    private StateDirectory(string root, string id, Descriptor directory)
    {
        _root = root;
        Id = id;
        _directory = directory;
    }

    /// <summary>The container's id.</summary>
    public string Id { get; }

    /// <summary>The directory's descriptor.</summary>
    public int Number => _directory.Number;

    /// <summary>Makes the directory of a new container, locked; CTZ6002 where there is one.</summary>
    public static StateDirectory Create(string root, string id)
    {
        CheckId(id);
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var parent = FileSystem.Open(Descriptor.WorkingDirectory, root, OpenFlags.PathOnly | OpenFlags.Directory);
        var made = FileSystem.TryMakeDirectory(parent.Number, id, 0b111_000_000);
        if (made == -Errno.EEXIST)
        {
            throw Failure.Of(6002, $"creating container {id}", "container with given ID already exists", $"Choose another id, or delete it: containerize-runtime delete {id}");
        }

        Syscall.Check(made, "mkdir", $"{root}/{id}");
        var state = new StateDirectory(root, id, OpenDirectory(parent.Number, id));
        state.Lock();
        return state;
    }

    /// <summary>Opens the directory of a container; CTZ6001 where there is none.</summary>
    public static StateDirectory Open(string root, string id)
    {
        CheckId(id);
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, $"{root}/{id}", OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (opened is -Errno.ENOENT or -Errno.ENOTDIR or -Errno.ENAMETOOLONG)
        {
            throw Absent(root, id);
        }

        return new StateDirectory(root, id, new Descriptor((int)Syscall.Check(opened, "open", $"{root}/{id}")));
    }

    /// <summary>The ids of all containers below a root.</summary>
    public static IReadOnlyList<string> List(string root)
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        var ids = new List<string>();
        foreach (var path in Directory.EnumerateDirectories(root))
        {
            ids.Add(Path.GetFileName(path));
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    /// <summary>That there is no such container.</summary>
    public ContainerizeException Absent() => Absent(_root, Id);

    /// <summary>Takes the lock, which ends with us; CTZ6004 when another command keeps it for ten seconds, CTZ6001 when that has removed the container.</summary>
    public void Lock()
    {
        const int ExclusiveNow = 2 | 4;
        var opened = FileSystem.TryOpen(Number, LockFile, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, ResolveFlags.None, 0b110_000_000);
        // In a directory that has been removed nothing can be made.
        _lock = opened == -Errno.ENOENT ? throw Absent() : new Descriptor((int)Syscall.Check(opened, "openat2", $"{_root}/{Id}/{LockFile}"));
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            if (Syscall.Try(SyscallNumber.Flock, _lock.Number, ExclusiveNow) == 0)
            {
                if (!Has(LockFile))
                {
                    throw Absent();
                }

                return;
            }

            Thread.Sleep(10);
        }

        throw Failure.Of(6004, $"locking container {Id}", "another command is working on it", "Wait for it to end, or end it, and try again.");
    }

    /// <summary>Whether another command holds the lock.</summary>
    public bool IsLockedByOther()
    {
        const int SharedNow = 1 | 4;
        const int Unlock = 8;
        var opened = FileSystem.TryOpen(Number, LockFile, OpenFlags.ReadOnly | OpenFlags.NoFollow);
        if (opened < 0)
        {
            return false;
        }

        using var file = new Descriptor((int)opened);
        var locked = Syscall.Try(SyscallNumber.Flock, file.Number, SharedNow) < 0;
        if (!locked)
        {
            Syscall.Try(SyscallNumber.Flock, file.Number, Unlock);
        }

        return locked;
    }

    /// <summary>What is known of the container; null where it was not written yet.</summary>
    public ContainerRecord? TryRead() => TryReadFile(Record) is { } bytes ? RuntimeDocuments.ReadContainerRecord(bytes) : null;

    /// <summary>Writes what is known of the container.</summary>
    public void Write(ContainerRecord record)
    {
        WriteAhead(record);
        PutInPlace();
    }

    /// <summary>Writes what will be known of the container as soon as <see cref="PutInPlace"/> says so.</summary>
    public void WriteAhead(ContainerRecord record) => FileSystem.WriteBeside(Number, Record, RuntimeDocuments.Write(record), 0b110_000_000);

    /// <summary>What <see cref="WriteAhead"/> has written is known.</summary>
    public void PutInPlace() => FileSystem.PutInPlace(Number, Record);

    /// <summary>Keeps the configuration as it was read, for what comes after the bundle may have changed.</summary>
    public void WriteConfig(ReadOnlySpan<byte> config) => FileSystem.Replace(Number, Config, config, 0b110_000_000);

    /// <summary>The configuration with which the container was made; null where it was not written yet.</summary>
    public RuntimeSpec? TryReadConfig() => TryReadFile(Config) is { } bytes ? RuntimeDocuments.ReadRuntimeSpec(bytes) : null;

    /// <summary>Makes the FIFO in which init waits.</summary>
    public void MakeStartFifo()
    {
        const int Fifo = 0x1000;
        const int EverybodyWrites = 0b110_010_010;
        using var name = new NativeText(StartFifo);
        Syscall.Check(Syscall.Try(SyscallNumber.Mknodat, Number, name.Address, Fifo | EverybodyWrites, 0), "mkfifo", StartFifo);
        // Whatever our umask is: init is the container's user by the time it opens it.
        Syscall.Check(Syscall.Try(SyscallNumber.Fchmodat, Number, name.Address, EverybodyWrites), "chmod", StartFifo);
    }

    /// <summary>Removes the FIFO: the container is started.</summary>
    public void RemoveStartFifo() => FileSystem.TryRemove(Number, StartFifo, isDirectory: false);

    /// <summary>Whether the FIFO is there: nobody has started the container.</summary>
    public bool HasStartFifo() => Has(StartFifo);

    /// <summary>Removes the directory and all that is in it.</summary>
    public void Remove()
    {
        const int MostRemovals = 100;
        using var parent = FileSystem.Open(Descriptor.WorkingDirectory, _root, OpenFlags.PathOnly | OpenFlags.Directory);
        nint removed;
        var attempt = 0;
        do
        {
            // The lock last: a command that waits for it finds the directory gone. One that comes just then makes it anew, and finds nothing else.
            foreach (var file in (string[])[StartFifo, Config, FileSystem.Beside(Config), FileSystem.Beside(Record), Record, LockFile])
            {
                FileSystem.TryRemove(Number, file, isDirectory: false);
            }

            removed = FileSystem.TryRemove(parent.Number, Id, isDirectory: true);
        }
        while (removed == -Errno.ENOTEMPTY && ++attempt < MostRemovals);
        if (removed < 0 && removed != -Errno.ENOENT)
        {
            Syscall.Check(removed, "rmdir", $"{_root}/{Id}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock?.Dispose();
        _directory.Dispose();
    }

    private static ContainerizeException Absent(string root, string id) =>
        Failure.Of(6001, $"looking for container {id}", "container does not exist", $"`containerize-runtime list` shows those below {root}.");

    private bool Has(string name)
    {
        var opened = FileSystem.TryOpen(Number, name, OpenFlags.PathOnly | OpenFlags.NoFollow);
        if (opened < 0)
        {
            return false;
        }

        new Descriptor((int)opened).Dispose();
        return true;
    }

    private byte[]? TryReadFile(string name)
    {
        var opened = FileSystem.TryOpen(Number, name, OpenFlags.ReadOnly | OpenFlags.NoFollow);
        if (opened == -Errno.ENOENT)
        {
            return null;
        }

        using var file = new Descriptor((int)Syscall.Check(opened, "open", $"{_root}/{Id}/{name}"));
        return FileSystem.ReadToEnd(file.Number, MostBytes, name);
    }

    private static Descriptor OpenDirectory(int parent, string id) => FileSystem.Open(parent, id, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);

    private static void CheckId(string id)
    {
        var good = id.Length is > 0 and <= LongestId && id is not ("." or "..");
        foreach (var c in id)
        {
            good &= char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.';
        }

        if (!good)
        {
            throw Failure.Of(6005, "reading the container's id", "invalid container ID format", "Use 1 to 1024 letters, digits, and the characters _ + - .");
        }
    }
}
