using System.Text;
using System.Text.Json;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Layers.Unpacking;
using Containerize.Linux;
using Containerize.Oci;
using Containerize.Storage;
using Containerize.Threading;

namespace Containerize.Containers;

/// <summary>Layers unpacked for overlayfs, each once for all containers: <c>&lt;data&gt;/layers/&lt;32 characters of its diff id&gt;/content</c>.</summary>
/// <remarks>
/// Half of the digest, as the mount option that lists them has room for a page (mount(2)). A layer is made beside its place and renamed into it when it is
/// whole and verified, under a lock of its own: what ends in ".tmp" and is not locked was left by a process that was killed.
/// </remarks>
public sealed class UnpackedLayers
{
    private const string Temporary = ".tmp";
    private const string Record = "layer.json";
    private const int NameLength = 32;
    private const int MostRecordBytes = 64 * 1024;

    private readonly string _locks;
    private readonly LayerUnpacker _unpacker;
    private readonly string _suffix;

    /// <summary>The layers under <see cref="StoragePaths.Data"/>.</summary>
    /// <param name="paths">Where things live.</param>
    /// <param name="userAttributes">Whether overlays are mounted with userxattr, as in user namespaces.</param>
    /// <param name="limits">How much a layer may be.</param>
    public UnpackedLayers(StoragePaths paths, bool userAttributes, UnpackLimits? limits = null)
    {
        Directory = Path.Combine(paths.Data, "layers");
        _locks = Path.Combine(Directory, "locks");
        // Who gets ids of other users (subuid(5)) later has other owners than before.
        _suffix = !userAttributes ? "" : OwnerMap.Read().IsSingle ? "-one-user" : "-user";
        _unpacker = new LayerUnpacker(userAttributes ? UnpackForm.UserOverlay : UnpackForm.Overlay, limits ?? UnpackLimits.Default);
    }

    /// <summary>The folder of the layers.</summary>
    public string Directory { get; }

    /// <summary>All that are there, in no order.</summary>
    public IReadOnlyList<UnpackedLayer> List() =>
        System.IO.Directory.Exists(Directory)
            ? [.. System.IO.Directory.GetDirectories(Directory).Where(d => !IsTemporary(d)).Select(Read).OfType<UnpackedLayer>()]
            : [];

    /// <summary>Keeps all layers from being removed, for one who is about to use some; <see cref="EnsureAsync"/> does so only for itself.</summary>
    public Task<FileLock> HoldAsync(CancellationToken cancellationToken)
    {
        MakeDirectory();
        return FileLock.AcquireAsync(Path.Combine(_locks, "all"), shared: true, cancellationToken);
    }

    /// <summary>Unpacks the layers that are not there yet, several at once; gives all that a mount needs, the lowest first.</summary>
    /// <remarks>One that is there twice is given once, as the upper one hides the lower; what a layer hides as a whole is not given.</remarks>
    /// <param name="layers">The layers of an image, the lowest first.</param>
    /// <param name="blobs">Where to have their blobs.</param>
    /// <param name="progress">Told of each layer that is unpacked; null: nobody.</param>
    /// <param name="cancellationToken">Cancels it; what is whole by then stays.</param>
    public async Task<IReadOnlyList<UnpackedLayer>> EnsureAsync(
        IReadOnlyList<Layer> layers, IBlobSource blobs, IProgress<UnpackProgress>? progress, CancellationToken cancellationToken)
    {
        using var held = await HoldAsync(cancellationToken);
        var wanted = layers.Reverse().DistinctBy(l => l.DiffId).Reverse().ToList();
        var found = new UnpackedLayer[wanted.Count];
        Workers.Run(
            wanted.Count,
            Environment.ProcessorCount,
            (i, token) => found[i] = Read(PlaceOf(wanted[i].DiffId), wanted[i].DiffId) ?? Make(wanted[i], blobs, progress, token),
            cancellationToken);
        return Mountable(found);
    }

    /// <summary>Of layers, the lowest first, those that a mount needs: one that is there twice once, as the upper one hides the lower, and none that another hides as a whole.</summary>
    internal static IReadOnlyList<UnpackedLayer> Mountable(IEnumerable<UnpackedLayer> layers)
    {
        var once = layers.Reverse().DistinctBy(l => l.DiffId).Reverse().ToArray();
        return once[Math.Max(Array.FindLastIndex(once, l => l.HidesAllBelow), 0)..];
    }

    /// <summary>The layer of a diff id; null where it is not here.</summary>
    internal UnpackedLayer? Find(Digest diffId) => Read(PlaceOf(diffId), diffId);

    /// <summary>Unpacks a tar that is only just being written; where its layer turns out to be here already, that one is given.</summary>
    /// <param name="name">What people call the layer.</param>
    /// <param name="tar">The tar.</param>
    /// <param name="settle">Called when it was read to its end: fails where that was not the end.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal UnpackedLayer Add(string name, Stream tar, Action settle, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(Directory, $"new.{Environment.ProcessId}-{Path.GetRandomFileName()}{Temporary}");
        return Whole(temporary, () =>
        {
            var record = Unpack(temporary, content => _unpacker.Unpack(tar, name, content, cancellationToken));
            settle();
            var place = PlaceOf(record.DiffId);
            using var mine = Lock(place, cancellationToken);
            if (Read(place, record.DiffId) is { } there)
            {
                Remove(temporary);
                return there;
            }

            RemoveLeftovers(place);
            System.IO.Directory.Move(temporary, place);
            return record with { Content = Path.Combine(place, "content") };
        });
    }

    /// <summary>Removes the layers that nothing uses and what killed processes left; nothing where somebody is about to use some.</summary>
    /// <param name="findUsed">Finds the diff ids of the layers that stay; asked when nobody can take one into use any more.</param>
    public async Task<IReadOnlyList<UnpackedLayer>> RemoveAsync(Func<Task<IReadOnlySet<Digest>>> findUsed)
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return [];
        }

        using var alone = TryHoldAlone();
        if (alone is null)
        {
            return [];
        }

        var used = await findUsed();
        var removed = new List<UnpackedLayer>();
        foreach (var directory in System.IO.Directory.GetDirectories(Directory).Where(d => d != _locks))
        {
            var record = IsTemporary(directory) ? null : Read(directory);
            if (record is not null && used.Contains(record.DiffId))
            {
                continue;
            }

            Remove(directory);
            if (record is not null)
            {
                removed.Add(record);
            }
        }

        return removed;
    }

    /// <summary>Keeps everybody from taking layers into use; null where somebody is about to use some.</summary>
    internal FileLock? TryHoldAlone() => FileLock.TryAcquire(Path.Combine(_locks, "all"), shared: false);

    /// <summary>Removes a layer, under <see cref="TryHoldAlone"/>.</summary>
    internal void Remove(Digest diffId)
    {
        var place = PlaceOf(diffId);
        if (System.IO.Directory.Exists(place))
        {
            Remove(place);
        }
    }

    /// <summary>The directories that a layer only implies, of its content's path; none of what is no layer of ours.</summary>
    internal static IReadOnlySet<string> ImpliedOf(string content) =>
        Read(Path.GetDirectoryName(content)!)?.Implied is { } paths ? paths.Split('\0').ToHashSet(StringComparer.Ordinal) : [];

    private static bool IsTemporary(string directory) => directory.EndsWith(Temporary, StringComparison.Ordinal);

    private static UnpackedLayer? Read(string directory)
    {
        var bytes = Storage.AtomicFile.TryRead(Path.Combine(directory, Record), MostRecordBytes);
        try
        {
            var record = bytes is null ? null : JsonSerializer.Deserialize(bytes, UnpackedLayerJson.Default.UnpackedLayer);
            return record is null ? null : record with { Content = Path.Combine(directory, "content") };
        }
        catch (JsonException)
        {
            // Damaged, and made again where it is wanted.
            return null;
        }
    }

    private static UnpackedLayer? Read(string directory, Digest diffId) => Read(directory) is { } record && record.DiffId == diffId ? record : null;

    private string PlaceOf(Digest diffId) => Path.Combine(Directory, diffId.Hex[..NameLength] + _suffix);

    private UnpackedLayer Make(Layer layer, IBlobSource blobs, IProgress<UnpackProgress>? progress, CancellationToken cancellationToken)
    {
        var place = PlaceOf(layer.DiffId);
        using var mine = Lock(place, cancellationToken);
        if (Read(place, layer.DiffId) is { } made)
        {
            return made;
        }

        RemoveLeftovers(place);
        progress?.Report(new UnpackProgress(layer.DiffId, IsDone: false));
        var temporary = $"{place}.{Environment.ProcessId}-{Path.GetRandomFileName()}{Temporary}";
        var record = Whole(temporary, () =>
        {
            using var blob = blobs.OpenAsync(layer.Descriptor, 0, cancellationToken).AsTask().GetAwaiter().GetResult();
            var unpacked = Unpack(temporary, content => _unpacker.Unpack(layer, blob, content, cancellationToken));
            System.IO.Directory.Move(temporary, place);
            return unpacked;
        });
        progress?.Report(new UnpackProgress(layer.DiffId, IsDone: true));
        return record with { Content = Path.Combine(place, "content") };
    }

    private FileLock Lock(string place, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(Path.Combine(_locks, Path.GetFileName(place)), shared: false, cancellationToken).GetAwaiter().GetResult();

    // Nobody who lives has the lock.
    private void RemoveLeftovers(string place)
    {
        foreach (var left in System.IO.Directory.GetDirectories(Directory, $"{Path.GetFileName(place)}*").Where(d => d == place || IsTemporary(d)))
        {
            Remove(left);
        }
    }

    private UnpackedLayer Whole(string temporary, Func<UnpackedLayer> make)
    {
        try
        {
            return make();
        }
        catch (Exception e)
        {
            if (System.IO.Directory.Exists(temporary))
            {
                Remove(temporary);
            }

            if (e is IOException or UnauthorizedAccessException)
            {
                throw StorageErrors.Write(Directory, e);
            }

            throw;
        }
    }

    private static UnpackedLayer Unpack(string directory, Func<string, UnpackedTree> unpack)
    {
        var content = Path.Combine(directory, "content");
        System.IO.Directory.CreateDirectory(content);
        // Where no entry of the layer says something else.
        ChangeMode(content, 0x1ED); // 0755
        var tree = unpack(content);
        var record = new UnpackedLayer
        {
            DiffId = tree.DiffId,
            Bytes = tree.Bytes,
            Entries = tree.Entries,
            HidesAllBelow = tree.HidesAllBelow,
            Implied = tree.Implied.Length > 0 ? tree.Implied : null,
            Warning = tree.Warning,
        };
        File.WriteAllBytes(Path.Combine(directory, Record), JsonSerializer.SerializeToUtf8Bytes(record, UnpackedLayerJson.Default.UnpackedLayer));
        return record;
    }

    private static void ChangeMode(string directory, int mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, (UnixFileMode)mode);
        }
    }

    private void MakeDirectory()
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            // There are programs with set-id bits below, of everybody's images.
            ChangeMode(Directory, 0x1C0); // 0700
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(Directory, e);
        }
    }

    // Names that are not UTF-8 are nothing that .NET could remove.
    private void Remove(string directory)
    {
        using var above = FileSystem.Open(Linux.Descriptor.WorkingDirectory, Directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        var removed = NodeRemoval.TryRemove(above.Number, Encoding.UTF8.GetBytes(Path.GetFileName(directory)));
        if (removed < 0)
        {
            throw StorageErrors.Write(directory, new IOException(Errno.Describe((int)-removed)));
        }
    }
}
