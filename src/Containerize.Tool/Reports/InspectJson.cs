using System.Text.Json;
using Containerize.Images;

namespace Containerize.Tool.Reports;

/// <summary>An image for programs: an array with an object for each platform; manifest and configuration whole.</summary>
internal static class InspectJson
{
    internal static void Write(Inspected inspected, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (var image in inspected.Images)
        {
            WriteImage(inspected, image, json);
        }

        json.WriteEndArray();
    });

    private static void WriteImage(Inspected inspected, Image image, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 1);
        json.WriteString("reference", inspected.Name);
        json.WriteString("digest", image.Digest.ToString());
        json.WriteString("mediaType", image.Descriptor.MediaType);
        json.WriteString("platform", image.Platform.ToString());
        json.WriteNumber("size", image.Manifest.Layers.DistinctBy(l => l.Digest).Sum(l => l.Size) + image.Manifest.Config.Size + image.Descriptor.Size);
        if (inspected.Artifact is ImageIndex index)
        {
            json.WriteStartObject("index");
            json.WriteString("digest", index.Digest.ToString());
            json.WriteString("mediaType", index.Descriptor.MediaType);
            json.WriteEndObject();
        }

        json.WriteStartArray("layers");
        foreach (var layer in LayerLine.Of(image))
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteString("digest", layer.Blob.Digest.ToString());
            json.WriteString("diffId", layer.DiffId?.ToString());
            json.WriteString("mediaType", layer.Blob.MediaType);
            json.WriteNumber("size", layer.Blob.Size);
            json.WriteBoolean("base", layer.IsBase);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteDocument("manifest", image.Bytes);
        json.WriteDocument("config", image.ConfigBytes);
        json.WriteEndObject();
    }
}
