using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Planning;

/// <summary>The plan as JSON for people and snapshots: everything that is decided, in a fixed order, with no path of this machine unless asked for.</summary>
public static class ImagePlanText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The plan, indented.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="withSources">Whether each file says where on this machine it comes from.</param>
    public static string ToJson(this ImagePlan plan, bool withSources = false)
    {
        var document = new JsonObject
        {
            ["schemaVersion"] = 1,
            ["base"] = new JsonObject { ["name"] = plan.Base.Choice.Name, ["digest"] = plan.Base.Digest?.ToString() },
            ["platform"] = plan.Platform.ToString(),
            ["format"] = plan.DockerFormat ? "Docker" : "OCI",
            ["compression"] = plan.Compression.ToString(),
            ["config"] = JsonNode.Parse(OciJson.Write(plan.Config)),
            ["annotations"] = new JsonObject(plan.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value))),
            ["layers"] = new JsonArray([.. plan.Layers.Select(l => Layer(l, withSources))]),
        };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static JsonObject Layer(LayerSpec layer, bool withSources) => new()
    {
        ["name"] = layer.Name,
        ["modified"] = Labels.Rfc3339(layer.ModifiedTime),
        ["entries"] = new JsonArray([.. layer.Entries.Select(e => (JsonNode)Entry(e, withSources))]),
    };

    private static string Entry(LayerEntry entry, bool withSources)
    {
        var kind = entry.Kind switch { LayerEntryKind.Directory => 'd', LayerEntryKind.SymbolicLink => 'l', _ => '-' };
        var text = $"{kind}{Convert.ToString(entry.Mode, 8).PadLeft(4, '0')} {entry.Uid}:{entry.Gid} /{entry.Path}";
        return entry.Kind == LayerEntryKind.SymbolicLink ? $"{text} -> {entry.LinkTarget}"
            : withSources && entry.Content is { } content ? $"{text} <- {content.Origin} ({content.Size} bytes)"
            : text;
    }
}
