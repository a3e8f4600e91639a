using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>Decides an image's layers, for which the base need not be known: they can be made while it is still on its way.</summary>
public static class LayerPlanner
{
    /// <summary>The layers of one image, lowest first; none is empty.</summary>
    /// <param name="project">The project.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="output">The publish output.</param>
    /// <param name="user">The image's user; asked for only where a folder belongs to it.</param>
    /// <param name="scope">Whose layers these are, so that the cache can drop older ones: the project's path and configuration.</param>
    public static IReadOnlyList<LayerSpec> Plan(
        ProjectFacts project, ImageSettings settings, PublishOutput output, Func<string?> user, string scope)
    {
        var folder = LayerFolder(settings.WorkingDirectory);
        var groups = LayerGrouping.Group(output, folder, project.AppHostName).ToList();
        var files = ExtraEntries.Files(settings);
        var writable = ExtraEntries.WritableDirectories(settings, user);
        // Files from elsewhere change seldom, so they are lowest; folders of the app come with the app.
        if (files.Count > 0)
        {
            groups.Insert(0, new LayerGroup("files", files));
        }

        if (writable.Count > 0)
        {
            groups.Insert(files.Count > 0 ? 1 : 0, new LayerGroup("writable-directories", writable));
        }

        RefuseSharedTargets(groups);
        return [.. groups.Select(g => LayerSpec.Create(g.Name, WithWritableParents(g.Entries, writable), settings.SourceDate, scope, folder))];
    }

    // A Windows layer has the drive's files below "Files" (image-spec layer.md, "Windows").
    private static string LayerFolder(string workingDirectory) =>
        workingDirectory.Length > 2 && workingDirectory[1] == ':'
            ? "Files/" + workingDirectory[2..].Replace('\\', '/').Trim('/')
            : ContainerPath.InLayer(workingDirectory);

    // A folder that is writable keeps its owner where a later layer has files in it: that layer repeats the folder as it is.
    private static IEnumerable<LayerEntry> WithWritableParents(IReadOnlyList<LayerEntry> entries, IReadOnlyList<LayerEntry> writable) =>
        ReferenceEquals(entries, writable)
            ? entries
            : entries.Concat(writable.Where(w => !entries.Any(e => e.Path == w.Path) && entries.Any(e => e.Path.StartsWith(w.Path + "/", StringComparison.Ordinal))));

    // Within one layer LayerSpec refuses duplicates; between layers the upper file would hide the lower one without a word.
    private static void RefuseSharedTargets(IEnumerable<LayerGroup> groups)
    {
        var seen = new Dictionary<string, LayerEntry>(StringComparer.Ordinal);
        foreach (var entry in groups.SelectMany(g => g.Entries).Where(e => e.Kind != LayerEntryKind.Directory))
        {
            if (!seen.TryAdd(entry.Path, entry))
            {
                throw LayerErrors.Duplicate("of the image", seen[entry.Path], entry);
            }
        }
    }
}
