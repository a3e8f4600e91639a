using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Tool.Reports;

/// <summary>An image for people: what it is, how it runs, what it is made of.</summary>
internal static class InspectText
{
    internal static void Write(Inspected inspected, Terminal terminal)
    {
        var (output, style) = (terminal.Out, terminal.Style);
        var fields = new FieldList(output, style);
        fields.Add("Image", inspected.Name);
        fields.Add("Digest", inspected.Artifact.Digest.ToString());
        fields.Add("Media type", inspected.Artifact.Descriptor.MediaType);
        if (inspected.Artifact is ImageIndex)
        {
            fields.Add("Platforms", string.Join(", ", inspected.Images.Select(i => i.Platform.ToString())));
        }

        foreach (var image in inspected.Images)
        {
            if (inspected.Artifact is ImageIndex)
            {
                output.WriteLine();
                fields.Add("Platform", image.Platform.ToString());
                fields.Add("Digest", image.Digest.ToString());
            }
            else
            {
                fields.Add("Platform", image.Platform.ToString());
            }

            WriteImage(image, fields, terminal);
        }
    }

    private static void WriteImage(Image image, FieldList fields, Terminal terminal)
    {
        fields.Add("Created", image.Config.Created);
        if (image.Config.Config is { } config)
        {
            WriteConfig(config, fields);
        }

        terminal.Out.WriteLine();
        LayerTree.Write(LayerLine.Of(image), terminal);
    }

    /// <summary>How a container of it runs.</summary>
    internal static void WriteConfig(ContainerConfig config, FieldList fields)
    {
        fields.Add("User", config.User);
        fields.Add("Workdir", config.WorkingDir);
        fields.Add("Entrypoint", Command(config.Entrypoint));
        fields.Add("Cmd", Command(config.Cmd));
        fields.Add("Ports", Joined(config.ExposedPorts?.Keys));
        fields.Add("Volumes", Joined(config.Volumes?.Keys));
        fields.Add("Stop signal", config.StopSignal);
        fields.Add("Health", config.Healthcheck is { } check ? Health(check) : null);
        fields.AddAll("Env", config.Env);
        fields.AddAll("Labels", config.Labels?.Select(l => $"{l.Key}={l.Value}"));
    }

    private static string? Joined(IEnumerable<string>? values) => values is null ? null : string.Join(", ", values);

    // As JSON would have it only where a word has blanks or quotes.
    private static string? Command(IReadOnlyList<string>? words) =>
        words is null or { Count: 0 } ? null : string.Join(' ', words.Select(w => w.Length == 0 || w.Any(c => c is ' ' or '"' or '\'') ? $"\"{w.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : w));

    private static string Health(Healthcheck check)
    {
        var parts = new List<string> { string.Join(' ', check.Test ?? []) };
        void Time(string name, long nanoseconds)
        {
            if (nanoseconds > 0)
            {
                parts.Add($"{name} {Duration.Of(nanoseconds)}");
            }
        }

        Time("every", check.Interval);
        Time("timeout", check.Timeout);
        Time("start period", check.StartPeriod);
        Time("start interval", check.StartInterval);
        if (check.Retries > 0)
        {
            parts.Add($"{check.Retries} retries");
        }

        return string.Join(", ", parts);
    }
}
