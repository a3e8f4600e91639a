using Containerize.Building;
using Containerize.Planning;
using Microsoft.Build.Framework;

namespace Containerize.Tasks;

/// <summary>
/// Reads the items in which the targets hand everything over, told apart by their metadatum <c>Kind</c>: <c>Value</c> for a property (its text in
/// <c>Value</c>), <c>PublishFile</c> for a published file, else an item of the setting of that name; <c>Platform</c> says which platform it is for.
/// </summary>
internal static class InputItems
{
    /// <summary>The inputs of each platform, in the order in which the platforms come.</summary>
    public static IReadOnlyList<PlatformInput> Read(IEnumerable<ITaskItem> items) =>
        [.. items.GroupBy(i => i.GetMetadata("Platform")).Select(g => One([.. g]))];

    private static PlatformInput One(IReadOnlyList<ITaskItem> items)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var settings = new List<SettingItem>();
        var files = new List<PublishItem>();
        foreach (var item in items)
        {
            switch (item.GetMetadata("Kind"))
            {
                case "Value":
                    properties[item.ItemSpec] = item.GetMetadata("Value");
                    break;
                case "PublishFile":
                    files.Add(File(item));
                    break;
                case var kind:
                    settings.Add(new SettingItem(kind, item.ItemSpec, Metadata(item)));
                    break;
            }
        }

        var publish = properties["PublishDirectory"];
        return new PlatformInput(new SettingValues(properties, settings), publish, files);
    }

    private static PublishItem File(ITaskItem item)
    {
        var package = item.GetMetadata("NuGetPackageId");
        var relative = item.GetMetadata("RelativePath");
        return new PublishItem(
            relative.Length > 0 ? relative : Path.GetFileName(item.ItemSpec),
            package.Length > 0 ? package : null,
            item.GetMetadata("NuGetPackageVersion"),
            item.GetMetadata("ReferenceSourceTarget") == "ProjectReference");
    }

    private static Dictionary<string, string> Metadata(ITaskItem item)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry entry in item.CloneCustomMetadata())
        {
            metadata[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        metadata["FullPath"] = item.GetMetadata("FullPath");
        return metadata;
    }
}
