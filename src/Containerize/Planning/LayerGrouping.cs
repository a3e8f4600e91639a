using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>Sorts the publish output into layers by origin, least changing first.</summary>
public static class LayerGrouping
{
    /// <summary>The names of the layers, in the order in which they stand in the image.</summary>
    public static readonly IReadOnlyList<(PublishOrigin Origin, string Name)> Order =
    [
        (PublishOrigin.RuntimePack, "runtime"),
        (PublishOrigin.Package, "packages"),
        (PublishOrigin.PrereleasePackage, "prerelease-packages"),
        (PublishOrigin.ProjectReference, "project-references"),
        (PublishOrigin.Host, "host"),
        (PublishOrigin.StaticContent, "static-content"),
        (PublishOrigin.App, "app"),
    ];

    /// <summary>The entries of each layer that has any, below <paramref name="folder"/>.</summary>
    /// <param name="output">The publish output.</param>
    /// <param name="folder">The app's folder as layers have it: <c>app</c>.</param>
    /// <param name="appHost">The relative path of the program that starts a framework-dependent app; it goes with the host's files.</param>
    public static IEnumerable<(string Name, IReadOnlyList<LayerEntry> Entries)> Group(PublishOutput output, string folder, string appHost)
    {
        var byOrigin = output.Files.ToLookup(f => f.RelativePath == appHost && f.Origin == PublishOrigin.App ? PublishOrigin.Host : f.Origin);
        foreach (var (origin, name) in Order)
        {
            var entries = byOrigin[origin].Select(f => Entry(f, folder)).ToList();
            if (entries.Count > 0)
            {
                yield return (name, entries);
            }
        }
    }

    private static LayerEntry Entry(PublishFile file, string folder)
    {
        var path = ContainerPath.Join(folder, file.RelativePath);
        return file.LinkTarget is { } target
            ? new LayerEntry { Path = path, Kind = LayerEntryKind.SymbolicLink, Mode = EntryMode.SymbolicLink, LinkTarget = target }
            : new LayerEntry { Path = path, Kind = LayerEntryKind.File, Mode = EntryMode.Of(file.SourcePath), Content = StaticAssetEndpoints.Normalised(file) };
    }
}
