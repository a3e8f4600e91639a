namespace Containerize.Generator;

/// <summary>What is written into the class: every value decided.</summary>
internal sealed record ContainerFacts(ImageProperties Image, ProcessProperties Process)
{
    // As the image has them where a project says nothing (docs/settings.md).
    private const string DefaultTag = "latest";
    private const string DefaultWorkingDirectory = "/app";
    private static readonly char[] Separators = [';', ',', ' '];

    internal static ContainerFacts Of(ContainerProperties properties)
    {
        var (image, process) = (properties.Image, properties.Process);
        var tag = image.Tag.Length > 0 ? image.Tag : First(image.Tags);
        return new ContainerFacts(
            image with { Tag = tag.Length > 0 ? tag : DefaultTag },
            process with
            {
                Ports = string.Join(",", process.Ports.Split(Separators, StringSplitOptions.RemoveEmptyEntries)),
                WorkingDirectory = process.WorkingDirectory.Length > 0 ? process.WorkingDirectory : DefaultWorkingDirectory,
            });
    }

    private static string First(string list) => list.Split(Separators, StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? first : "";
}
