using System.Globalization;
using System.Text;
using System.Text.Json;
using Containerize.Oci;

namespace Containerize.Tool.Reports;

/// <summary>A plan for people: layers with what is in them, then how a container runs.</summary>
internal static class PlanText
{
    /// <summary>Writes the plans of a document; CTZ7032 where it is not one.</summary>
    internal static void Write(string document, bool withEntries, Terminal terminal)
    {
        try
        {
            using var plans = JsonDocument.Parse(document);
            foreach (var (index, plan) in plans.RootElement.EnumerateArray().Index())
            {
                if (index > 0)
                {
                    terminal.Out.WriteLine();
                }

                WritePlan(plan, withEntries, terminal.Out, terminal.Style);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ContainerizeException(7032, "reading the plan", e.Message.TrimEnd('.'), "The project's package may be of another version than this tool: use the same.", e);
        }
    }

    private static void WritePlan(JsonElement plan, bool withEntries, TextWriter output, Style style)
    {
        var fields = new FieldList(output, style);
        var baseImage = plan.GetProperty("base");
        fields.Add("Platform", plan.GetProperty("platform").GetString());
        fields.Add("Base", $"{baseImage.GetProperty("name").GetString()}{(baseImage.GetProperty("digest").GetString() is { } digest ? $" ({digest})" : "")}");
        fields.Add("Format", $"{plan.GetProperty("format").GetString()}, {plan.GetProperty("compression").GetString()}");
        output.WriteLine();
        var layers = plan.GetProperty("layers").EnumerateArray().Select(PlannedLayer.Read).ToList();
        output.WriteLine(style.Bold($"Layers above the base ({layers.Count}, {ByteSize.Of(layers.Sum(l => l.Size))} of files)"));
        foreach (var (i, layer) in layers.Index())
        {
            var last = i == layers.Count - 1;
            output.WriteLine($"{(last ? "└─ " : "├─ ")}{Printable.Of(layer.Name),-30}  {layer.Entries.Count,6} {(layer.Entries.Count == 1 ? "entry  " : "entries")}  {ByteSize.Of(layer.Size),8}");
            foreach (var entry in withEntries ? layer.Entries : [])
            {
                output.WriteLine($"{(last ? "   " : "│  ")}  {Printable.Of(entry)}");
            }
        }

        output.WriteLine();
        var config = OciJson.ReadConfig(Encoding.UTF8.GetBytes(plan.GetProperty("config").GetRawText()), "the plan's configuration");
        if (config.Config is { } container)
        {
            InspectText.WriteConfig(container, fields);
        }
    }

    private sealed record PlannedLayer(string Name, IReadOnlyList<string> Entries, long Size)
    {
        internal static PlannedLayer Read(JsonElement layer)
        {
            var entries = layer.GetProperty("entries").EnumerateArray().Select(e => e.GetString() ?? "").ToList();
            return new PlannedLayer(layer.GetProperty("name").GetString() ?? "", entries, entries.Sum(SizeOf));
        }

        // "... <- origin (123 bytes)", as Planning.ImagePlanText writes entries with their sources.
        private static long SizeOf(string entry)
        {
            const string end = " bytes)";
            var open = entry.LastIndexOf('(');
            return open >= 0
                && entry.EndsWith(end, StringComparison.Ordinal)
                && long.TryParse(entry.AsSpan(open + 1, entry.Length - end.Length - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? size
                : 0;
        }
    }
}
