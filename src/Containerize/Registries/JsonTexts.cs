using System.Text.Json;

namespace Containerize.Registries;

/// <summary>Texts in JSON that somebody else wrote.</summary>
internal static class JsonTexts
{
    /// <summary>The text under a name; null where it is another thing, or nothing, or the element is no object.</summary>
    internal static string? TextOf(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
