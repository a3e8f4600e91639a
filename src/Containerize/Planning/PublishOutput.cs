using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>What was published: the files that are really in the publish folder, each with its origin from the build's own list.</summary>
/// <remarks>
/// The folder decides what is in the image and the item list only where it belongs: single-file and NativeAOT publishes bundle files of the
/// list, and targets that run after Publish add files that the list has never seen.
/// </remarks>
/// <param name="Directory">The publish folder, absolute.</param>
/// <param name="Files">Its files, in ordinal order of their paths.</param>
public sealed record PublishOutput(string Directory, IReadOnlyList<PublishFile> Files)
{
    private const int MaxDepth = 128;

    /// <summary>Reads a publish folder; CTZ1020 where it is absent or empty, CTZ1021 for a link that leaves it, CTZ1022 for a special file.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="items">The build's list of files.</param>
    /// <param name="runtimePacks">The package ids of the runtime packs.</param>
    public static PublishOutput Scan(string directory, IEnumerable<PublishItem> items, IReadOnlyCollection<string> runtimePacks)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!System.IO.Directory.Exists(root))
        {
            throw Nothing(root, "the folder does not exist");
        }

        var packs = new HashSet<string>(runtimePacks, StringComparer.OrdinalIgnoreCase);
        var known = new Dictionary<string, PublishItem>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            known[item.RelativePath.Replace('\\', '/')] = item;
        }

        var files = new List<PublishFile>();
        Walk(new DirectoryInfo(root), "", 0);
        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return files.Count > 0 ? new PublishOutput(root, files) : throw Nothing(root, "there is no file in it");

        void Walk(DirectoryInfo folder, string prefix, int depth)
        {
            if (depth > MaxDepth)
            {
                throw Nothing(folder.FullName, $"its folders are nested more than {MaxDepth} deep");
            }

            foreach (var entry in Entries(folder))
            {
                var relative = prefix + entry.Name;
                if (entry.Name.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(entry.FullName))
                {
                    throw RawNames.NotUtf8(entry.FullName);
                }

                if (entry.LinkTarget is { } target)
                {
                    files.Add(new PublishFile(relative, entry.FullName, Origin(relative)) { LinkTarget = Inside(root, entry, target) });
                }
                else if (entry is DirectoryInfo sub)
                {
                    Walk(sub, relative + "/", depth + 1);
                }
                else if (UnixFileKind.IsSpecial((FileInfo)entry))
                {
                    throw new ContainerizeException(
                        1022,
                        $"reading the published file {entry.FullName}",
                        "it is a pipe, a socket or a device, which an image cannot hold",
                        "Remove it from the publish folder.");
                }
                else
                {
                    files.Add(new PublishFile(relative, entry.FullName, Origin(relative)));
                }
            }
        }

        PublishOrigin Origin(string relative) =>
            Refined(relative, known.TryGetValue(relative, out var item) ? OriginOf(item, packs) : PublishOrigin.App);
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Storage.StorageErrors.Read(folder.FullName, e);
        }
    }

    private static PublishOrigin OriginOf(PublishItem item, HashSet<string> runtimePacks) =>
        item.PackageId is { Length: > 0 } package
            ? runtimePacks.Contains(package) ? PublishOrigin.RuntimePack
                : item.PackageVersion?.Contains('-') == true ? PublishOrigin.PrereleasePackage
                : PublishOrigin.Package
            : item.FromProjectReference ? PublishOrigin.ProjectReference : PublishOrigin.App;

    // What is neither a package's nor a project's is told apart by its place and kind.
    private static PublishOrigin Refined(string relative, PublishOrigin origin)
    {
        if (origin != PublishOrigin.App)
        {
            return origin;
        }

        if (relative.StartsWith("wwwroot/", StringComparison.Ordinal) || relative.EndsWith(".staticwebassets.endpoints.json", StringComparison.Ordinal))
        {
            return PublishOrigin.StaticContent;
        }

        return relative.EndsWith(".deps.json", StringComparison.Ordinal) || relative.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)
            ? PublishOrigin.Host
            : PublishOrigin.App;
    }

    private static string Inside(string root, FileSystemInfo link, string target)
    {
        var folder = Path.GetDirectoryName(link.FullName)!;
        var meant = Path.GetFullPath(target, folder);
        var final = FinalTarget(link);
        if (Path.IsPathRooted(target) || !IsUnder(meant) || final is null || !IsUnder(final))
        {
            throw new ContainerizeException(
                1021,
                $"reading the published link {link.FullName} to {target}",
                final is null ? "it leads nowhere" : "it points out of the publish folder, so the image would not have what it points to",
                "Publish the file itself, or make the link relative and inside the folder.");
        }

        return Path.GetRelativePath(folder, meant).Replace('\\', '/');

        bool IsUnder(string path) => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    // Null for links that lead to each other.
    private static string? FinalTarget(FileSystemInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static ContainerizeException Nothing(string directory, string why) =>
        new(1020, $"reading the publish folder {directory}", why, "Publish the project first: dotnet publish -t:Containerize does it.");
}
