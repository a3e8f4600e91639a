namespace Containerize.Images;

/// <summary>The failures of layouts and archives: CTZ3007 not one or damaged, CTZ3008 none or several images where one was asked for.</summary>
internal static class LayoutErrors
{
    internal static ContainerizeException Damaged(string name, string why, Exception? inner = null) =>
        new(3007, $"reading {name}", why, "Check the path; if it is right, make the layout or archive again.", inner);

    /// <summary>CTZ3007 of a tar that has neither form's index.</summary>
    internal static ContainerizeException NoImages(ArchiveFile archive, string name, string why) => archive.LooksLikeARootFilesystem
        ? new ContainerizeException(
            3007,
            $"reading {name}",
            $"{why}; it looks like a root filesystem, as 'export' writes it, and not like an archive of images",
            "To keep a container as an image use 'dotnet containerize commit'; of another root filesystem 'docker import' or 'podman import' makes an image, and 'save' its archive.")
        : Damaged(name, why);

    internal static ContainerizeException NotFound(string name, string wanted, IEnumerable<string> there) =>
        new(3008, $"choosing the image '{wanted}' in {name}", $"it has only {List(there)}", $"Name one of these: {name}:NAME.");

    internal static ContainerizeException Several(string name, IEnumerable<string> there) =>
        new(3008, $"choosing the image in {name}", $"it has several and none was asked for: {List(there)}", $"Name one of these: {name}:NAME.");

    private static string List(IEnumerable<string> names)
    {
        var sorted = names.Distinct().Order(StringComparer.Ordinal).ToList();
        return sorted.Count switch
        {
            0 => "no image at all",
            > 20 => string.Join(", ", sorted.Take(20)) + $" and {sorted.Count - 20} more",
            _ => string.Join(", ", sorted),
        };
    }
}
