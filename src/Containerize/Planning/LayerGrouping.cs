using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>Sorts the publish output into layers by origin, least changing first.</summary>
public static class LayerGrouping
{
    // The names of the layers, in the order in which they stand in the image.
    private static readonly (PublishOrigin Origin, string Name)[] Order =
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
    public static IEnumerable<LayerGroup> Group(PublishOutput output, string folder, string appHost)
    {
        foreach (var (origin, name) in Order)
        {
            var entries = output.Files.Where(f => OriginOf(f) == origin).Select(f => Entry(f, folder)).ToList();
            if (entries.Count > 0)
            {
                yield return new LayerGroup(name, entries);
            }
        }

        PublishOrigin OriginOf(PublishFile file) =>
            file.RelativePath == appHost && file.Origin == PublishOrigin.App ? PublishOrigin.Host : file.Origin;
    }

    private static LayerEntry Entry(PublishFile file, string folder)
    {
        var path = ContainerPath.Join(folder, file.RelativePath);
        return file.LinkTarget is { } target
            ? new LayerEntry { Path = path, Kind = LayerEntryKind.SymbolicLink, Mode = EntryMode.SymbolicLink, LinkTarget = target }
            : new LayerEntry { Path = path, Kind = LayerEntryKind.File, Mode = EntryMode.Of(file.SourcePath), Content = StaticAssetEndpoints.Normalised(file) };
    }
}

/// <summary>What becomes a layer.</summary>
/// <param name="Name">The layer's name: <c>packages</c>.</param>
/// <param name="Entries">Its entries.</param>
public sealed record LayerGroup(string Name, IReadOnlyList<LayerEntry> Entries);
