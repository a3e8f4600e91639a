using System.Text.Json;
using System.Text.Json.Nodes;

namespace Containerize.Tool.Reports;

/// <summary>What a build gave: the items of the target, as MSBuild writes them for <c>-getTargetResult</c>.</summary>
/// <param name="Project">The project file.</param>
/// <param name="Images">The items' metadata.</param>
internal sealed record BuiltImages(string Project, IReadOnlyList<JsonObject> Images)
{
    // What MSBuild adds to every item says nothing of an image.
    private static readonly (string Metadata, string Property)[] Known =
        [("Reference", "reference"), ("Digest", "digest"), ("MediaType", "mediaType"), ("LayoutPath", "layoutPath"), ("ArchivePath", "archivePath")];

    /// <summary>Reads the result file of MSBuild; CTZ7032 where it is not one.</summary>
    internal static BuiltImages Read(string project, string path, string target)
    {
        try
        {
            var items = JsonNode.Parse(File.ReadAllText(path))?["TargetResults"]?[target]?["Items"]?.AsArray()
                ?? throw new JsonException("it has no result of the target");
            return new BuiltImages(project, [.. items.Select(i => i!.AsObject())]);
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException)
        {
            throw new ContainerizeException(7032, $"reading what building {project} gave", e.Message.TrimEnd('.'), "Run 'dotnet publish -t:Containerize' to see what it says.", e);
        }
    }

    internal static void WriteJson(IReadOnlyList<BuiltImages> built, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (var (project, image) in built.SelectMany(b => b.Images.Select(i => (b.Project, i))))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 1);
            json.WriteString("project", project);
            foreach (var (metadata, property) in Known)
            {
                if (Text(image, metadata) is { Length: > 0 } value)
                {
                    json.WriteString(property, value);
                }
            }

            json.WriteStartArray("layers");
            foreach (var layer in (Text(image, "Layers") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                json.WriteStringValue(layer);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string? Text(JsonObject image, string metadata) => image[metadata]?.GetValue<string>();
}
