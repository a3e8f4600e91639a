using System.Text;
using System.Text.Json;

namespace Containerize.Tool.Reports;

/// <summary>Templates as docker's <c>--format</c> has them, the part that people use: <c>{{.State.Status}}</c>, <c>{{json .Config}}</c>, and text around.</summary>
/// <remarks>https://docs.docker.com/engine/cli/formatting/</remarks>
internal static class FieldTemplate
{
    /// <summary>Whether a format is a template.</summary>
    internal static bool Is(string format) => format.Contains("{{", StringComparison.Ordinal);

    /// <summary>Fills a template; CTZ5020 for what it cannot be.</summary>
    internal static string Fill(string template, JsonElement value)
    {
        var text = new StringBuilder();
        var rest = template.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        while (rest.IndexOf("{{", StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = rest.IndexOf("}}", start, StringComparison.Ordinal);
            if (end < 0)
            {
                throw Wrong(template, "a '{{' has no '}}'");
            }

            text.Append(rest, 0, start).Append(Expression(template, rest[(start + 2)..end].Trim(), value));
            rest = rest[(end + 2)..];
        }

        return text.Append(rest).ToString();
    }

    private static string Expression(string template, string expression, JsonElement value)
    {
        var words = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["json", var path] => Find(template, path, value).GetRawText(),
            ["index", var path, var key] => Text(Member(Find(template, path, value), key.Trim('"'))),
            ["upper", var path] => Text(Find(template, path, value)).ToUpperInvariant(),
            ["lower", var path] => Text(Find(template, path, value)).ToLowerInvariant(),
            [var path] when path.StartsWith('.') => Text(Find(template, path, value)),
            _ => throw Wrong(template, $"'{expression}' is more than a field"),
        };
    }

    private static JsonElement Find(string template, string path, JsonElement value)
    {
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var found = value.ValueKind == JsonValueKind.Object
                ? value.EnumerateObject().Where(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).Select(p => (JsonElement?)p.Value).FirstOrDefault()
                : null;
            value = found ?? throw Wrong(template, $"there is no field '{name}'");
        }

        return value;
    }

    private static JsonElement Member(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Array && int.TryParse(key, out var at) && at >= 0 && at < value.GetArrayLength() ? value[at]
        : value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out var found) ? found
        : default;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "<no value>",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => "[" + string.Join(' ', value.EnumerateArray().Select(Text)) + "]",
        JsonValueKind.Object => "map[" + string.Join(' ', value.EnumerateObject().Select(p => $"{p.Name}:{Text(p.Value)}")) + "]",
        _ => value.GetRawText(),
    };

    private static ContainerizeException Wrong(string template, string why) =>
        new(5020, $"reading --format {template}", why, "Write fields such as {{.Name}}, or {{json .Field}}; --format json shows which there are.");
}
