using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>The entries that settings add to the publish output: ContainerFile and ContainerWritableDirectory.</summary>
public static class ExtraEntries
{
    // The users that any Linux base has, and the one of the embedded base and of Microsoft's images.
    private static readonly Dictionary<string, int> KnownNames = new(StringComparer.Ordinal) { ["root"] = 0, ["app"] = 1654 };

    /// <summary>The ContainerFile items: files, or folders with all that is in them; CTZ1030 for a source that is not there.</summary>
    /// <param name="settings">The settings.</param>
    public static IReadOnlyList<LayerEntry> Files(ImageSettings settings)
    {
        var entries = new List<LayerEntry>();
        foreach (var item in settings.Files)
        {
            var source = item["FullPath"] ?? Path.GetFullPath(item.Identity);
            var target = item["TargetPath"]
                ?? throw SettingErrors.Wrong("ContainerFile", item.Identity, "it has no TargetPath", "Say where it goes: TargetPath=\"/etc/app/name\".");
            var owner = item["Owner"] is { } text ? FileOwner.Parse("ContainerFile Owner", text, KnownNames) : FileOwner.Root;
            int? mode = item["Mode"] is { } bits ? PermissionBits.Parse("ContainerFile Mode", bits) : null;
            if (Directory.Exists(source))
            {
                AddFolder(entries, new DirectoryInfo(source), ContainerPath.Absolute("ContainerFile TargetPath", target, settings.WorkingDirectory), owner, mode);
            }
            else if (File.Exists(source))
            {
                // As COPY in a Dockerfile: a target that ends in '/' is the folder.
                var path = target.EndsWith('/') ? target + Path.GetFileName(source) : target;
                entries.Add(Entry(source, ContainerPath.Absolute("ContainerFile TargetPath", path, settings.WorkingDirectory), owner, mode));
            }
            else
            {
                throw new ContainerizeException(
                    1030, $"adding the ContainerFile {source}", "there is no such file or folder", "Correct the path, which is relative to the project.");
            }
        }

        return entries;
    }

    /// <summary>The ContainerWritableDirectory items, owned by the container's user; CTZ1010 where its number is not known.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="user">The image's user, as it will be in the configuration; asked for only where a folder belongs to it.</param>
    public static IReadOnlyList<LayerEntry> WritableDirectories(ImageSettings settings, Func<string?> user) =>
    [
        .. settings.WritableDirectories.Select(item =>
        {
            var owner = FileOwner.Parse("ContainerWritableDirectory Owner", item["Owner"] ?? OwnerOf(user()), KnownNames);
            return new LayerEntry
            {
                Path = ContainerPath.InLayer(ContainerPath.Absolute("ContainerWritableDirectory", item.Identity, settings.WorkingDirectory)),
                Kind = LayerEntryKind.Directory,
                Mode = item["Mode"] is { } bits ? PermissionBits.Parse("ContainerWritableDirectory Mode", bits) : EntryMode.Directory,
                Uid = owner.Uid,
                Gid = owner.Gid,
            };
        }),
    ];

    private static string OwnerOf(string? user) => string.IsNullOrEmpty(user) ? "root" : user;

    private static void AddFolder(List<LayerEntry> entries, DirectoryInfo folder, string target, FileOwner owner, int? fileMode)
    {
        entries.Add(new LayerEntry
        {
            Path = ContainerPath.InLayer(target),
            Kind = LayerEntryKind.Directory,
            Mode = EntryMode.Directory,
            Uid = owner.Uid,
            Gid = owner.Gid,
        });
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var path = ContainerPath.Join(target, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                // A link is kept as it is: it means a path in the image, as in a COPY of a folder.
                entries.Add(new LayerEntry
                {
                    Path = ContainerPath.InLayer(path),
                    Kind = LayerEntryKind.SymbolicLink,
                    Mode = EntryMode.SymbolicLink,
                    LinkTarget = link,
                    Uid = owner.Uid,
                    Gid = owner.Gid,
                });
            }
            else if (entry is DirectoryInfo sub)
            {
                AddFolder(entries, sub, path, owner, fileMode);
            }
            else
            {
                entries.Add(Entry(entry.FullName, path, owner, fileMode));
            }
        }
    }

    private static LayerEntry Entry(string source, string target, FileOwner owner, int? mode) => new()
    {
        Path = ContainerPath.InLayer(target),
        Kind = LayerEntryKind.File,
        Mode = mode ?? EntryMode.Of(source),
        Uid = owner.Uid,
        Gid = owner.Gid,
        Content = DiskContent.Of(source),
    };
}
