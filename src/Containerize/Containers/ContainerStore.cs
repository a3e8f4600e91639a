using System.Text.Json;
using Containerize.Storage;

namespace Containerize.Containers;

/// <summary>The containers of this machine's user: one directory each, with what its monitor and its maker wrote there.</summary>
/// <remarks>Names are unique under a lock. What was left by a process that was killed is no container, and is swept.</remarks>
public sealed class ContainerStore
{
    private const int MaxBytes = 4 << 20;
    private const string RemovedPrefix = ".removing-";
    private readonly string _lock;

    /// <summary>The store under <see cref="StoragePaths.Data"/>.</summary>
    public ContainerStore(StoragePaths paths)
    {
        Directory = Path.Combine(paths.Data, "containers");
        _lock = Path.Combine(paths.Data, "containers.lock");
        Events = new EventLog(paths.Data);
    }

    /// <summary>The folder of their directories.</summary>
    public string Directory { get; }

    /// <summary>What has happened to them.</summary>
    internal EventLog Events { get; }

    /// <summary>The directory of an id.</summary>
    public ContainerPaths PathsOf(string id) => new(Path.Combine(Directory, id));

    /// <summary>All containers, the newest first.</summary>
    public IReadOnlyList<LocalContainer> List() =>
        [.. Names().Where(n => !IsRemoved(n)).Select(TryRead).OfType<LocalContainer>().OrderByDescending(c => c.Record.Created, StringComparer.Ordinal).ThenBy(c => c.Id, StringComparer.Ordinal)];

    /// <summary>The container of a name, an id, or the first digits of one; CTZ5030 none, CTZ5031 several.</summary>
    public LocalContainer Resolve(string nameOrId)
    {
        if (nameOrId.Length == 64 && TryRead(nameOrId) is { } whole)
        {
            return whole;
        }

        var all = List();
        if (all.FirstOrDefault(c => c.Name == nameOrId) is { } named)
        {
            return named;
        }

        var matches = nameOrId.Length > 0 ? all.Where(c => c.Id.StartsWith(nameOrId, StringComparison.Ordinal)).ToList() : [];
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new ContainerizeException(5030, $"finding the container '{nameOrId}'", "there is none of that name or id", "See 'dotnet containerize ps -a'."),
            _ => throw new ContainerizeException(5031, $"finding the container '{nameOrId}'", $"{matches.Count} ids begin so", "Give more of the id, or the name."),
        };
    }

    /// <summary>The container of a directory; null where it is none, or not yet.</summary>
    public LocalContainer? TryRead(string id)
    {
        var paths = PathsOf(id);
        if (!File.Exists(paths.Configuration)
            || Read(paths.Record, static json => JsonSerializer.Deserialize(json, ContainersJson.Default.StoredContainer)) is not { } record
            || Read(paths.Plan, static json => ContainerDocuments.ReadContainerPlan(json)) is not { } plan)
        {
            return null;
        }

        // First whether somebody answers for it, then what it says: the other way round its end could lie between.
        var monitored = IsMonitored(paths);
        var status = Read(paths.Status, static json => ContainerDocuments.ReadContainerStatus(json)) ?? new ContainerStatus();
        return new LocalContainer(record, plan, monitored ? status : Abandoned(status), paths, monitored);
    }

    /// <summary>Makes a container's directory: <paramref name="write"/> fills it, and then it is there. CTZ5032 where the name is taken.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its name; null: one is made.</param>
    /// <param name="write">Writes its files, and last of all the configuration.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CreateAsync(string id, string? name, Action<ContainerPaths, string> write, CancellationToken cancellationToken)
    {
        using var held = await FileLock.AcquireAsync(_lock, shared: false, cancellationToken);
        var taken = List().ToDictionary(c => c.Name, c => c.Id);
        if (name is not null && taken.TryGetValue(name, out var other))
        {
            throw new ContainerizeException(
                5032, $"making the container '{name}'", $"the name is that of container {other[..12]}", "Choose another, or remove that one: 'dotnet containerize rm'.");
        }

        for (var attempt = 0; name is null; attempt++)
        {
            var made = ContainerName.Make() + (attempt < 10 ? "" : id[..4]);
            name = taken.ContainsKey(made) ? null : made;
        }

        var paths = PathsOf(id);
        try
        {
            CreateDirectory(Directory);
            CreateDirectory(paths.Directory);
            Events.Turn();
            write(paths, name);
        }
        catch
        {
            Delete(paths.Directory);
            throw;
        }
    }

    /// <summary>Gives a container another name; CTZ5032 where that is taken.</summary>
    public async Task RenameAsync(LocalContainer container, string name, CancellationToken cancellationToken)
    {
        using var held = await FileLock.AcquireAsync(_lock, shared: false, cancellationToken);
        if (List().Any(c => c.Name == name))
        {
            throw new ContainerizeException(5032, $"renaming the container '{container.Name}' to '{name}'", "the name is taken", "Choose another.");
        }

        Write(container.Paths.Record, container.Record with { Name = name });
        Events.Add(new EventRecord { Action = "rename", Id = container.Id, Name = name });
    }

    /// <summary>Takes a container's directory away; the caller has ended what lived of it.</summary>
    public void Remove(LocalContainer container)
    {
        var gone = Path.Combine(Directory, RemovedPrefix + container.Id);
        try
        {
            System.IO.Directory.Move(container.Paths.Directory, gone);
        }
        catch (DirectoryNotFoundException)
        {
            // Its monitor was asked to, and was first.
            return;
        }

        Events.Add(new EventRecord { Action = "destroy", Id = container.Id });
        Delete(gone);
    }

    /// <summary>Removes what is left of makers and removers that were killed.</summary>
    /// <returns>The ids of directories that are no containers, for the runtime to look after too.</returns>
    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken)
    {
        using var held = await FileLock.AcquireAsync(_lock, shared: false, cancellationToken);
        var swept = new List<string>();
        foreach (var name in Names().Where(n => IsRemoved(n) || (!File.Exists(PathsOf(n).Configuration) && !IsMonitored(PathsOf(n)))))
        {
            foreach (var volume in Read(PathsOf(name).Plan, static json => ContainerDocuments.ReadContainerPlan(json))?.AnonymousVolumes ?? [])
            {
                Delete(volume);
            }

            Delete(Path.Combine(Directory, name));
            swept.Add(IsRemoved(name) ? name[RemovedPrefix.Length..] : name);
        }

        return swept;
    }

    /// <summary>Writes a container's plan, the first of its files.</summary>
    internal static void Write(ContainerPaths paths, ContainerPlan plan) =>
        AtomicFile.Write(paths.Plan, ContainerDocuments.Write(plan));

    /// <summary>Writes a container's other files; the configuration comes last.</summary>
    internal static void Write(ContainerPaths paths, StoredContainer record, byte[] configuration)
    {
        Write(paths.Record, record);
        AtomicFile.Write(paths.Configuration, configuration);
    }

    /// <summary>Writes a status in a monitor's stead.</summary>
    internal static void Write(string path, ContainerStatus status) =>
        AtomicFile.Write(path, ContainerDocuments.Write(status));

    private static void Write(string path, StoredContainer record) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(record, ContainersJson.Default.StoredContainer));

    // A monitor that ended without a word took its container with it.
    private static ContainerStatus Abandoned(ContainerStatus status) => status.Status is "running" or "paused" or "restarting"
        ? status with { Status = "exited", ExitCode = 255, Pid = 0, MonitorPid = 0, Error = status.Error ?? "its monitor was ended, or the machine was", Health = null }
        : status with { Pid = 0, MonitorPid = 0 };

    private static bool IsMonitored(ContainerPaths paths)
    {
        if (!File.Exists(paths.MonitorLock))
        {
            return false;
        }

        using var held = FileLock.TryAcquire(paths.MonitorLock, shared: true);
        return held is null;
    }

    private static T? Read<T>(string path, Func<byte[], T?> read)
        where T : class
    {
        var bytes = AtomicFile.TryRead(path, MaxBytes);
        try
        {
            return bytes is null ? null : read(bytes);
        }
        catch (JsonException e)
        {
            throw new ContainerizeException(5033, $"reading {path}", e.Message.TrimEnd('.'), "Remove the container's directory, which is damaged.");
        }
    }

    private static void CreateDirectory(string path)
    {
        // Others shall not look into what a container wrote.
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
        }
        else
        {
            System.IO.Directory.CreateDirectory(path, (UnixFileMode)0b111_000_000);
        }
    }

    private static void Delete(string path)
    {
        try
        {
            System.IO.Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // That is what was wanted.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerizeException(5034, $"removing {path}", e.Message.TrimEnd('.'), "See what holds it; 'dotnet containerize prune' tries again.");
        }
    }

    // All its documents are still there, and whoever removes it is about to remove them.
    private static bool IsRemoved(string name) => name.StartsWith(RemovedPrefix, StringComparison.Ordinal);

    private IEnumerable<string> Names() =>
        System.IO.Directory.Exists(Directory) ? System.IO.Directory.EnumerateDirectories(Directory).Select(d => Path.GetFileName(d)!) : [];
}
