namespace Containerize.Planning;

/// <summary>The settings as a face hands them over: properties and items by the names that users write (docs/settings.md), still text.</summary>
public sealed class SettingValues
{
    private readonly Dictionary<string, string> _properties;
    private readonly ILookup<string, SettingItem> _items;

    /// <summary>Collects properties and items; names are case-insensitive, as in MSBuild.</summary>
    public SettingValues(IEnumerable<KeyValuePair<string, string>> properties, IEnumerable<SettingItem> items)
    {
        _properties = new Dictionary<string, string>(properties, StringComparer.OrdinalIgnoreCase);
        _items = items.ToLookup(i => i.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A property's value, trimmed; null where it is absent or empty.</summary>
    public string? this[string property] =>
        _properties.TryGetValue(property, out var value) && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>The items of one name, in order.</summary>
    public IEnumerable<SettingItem> Items(string name) => _items[name];

    /// <summary>The identities of the items of one name, in order.</summary>
    public IReadOnlyList<string> List(string name) => [.. _items[name].Select(i => i.Identity)];

    /// <summary>A true/false property; CTZ1010 for another word.</summary>
    public bool Flag(string property, bool otherwise) =>
        this[property] is not { } text ? otherwise
        : bool.TryParse(text, out var value) ? value
        : throw SettingErrors.Wrong(property, text, "it is neither true nor false", "Write true or false.");

    /// <summary>A property that has one of a few words, in any case, returned as listed; CTZ1010 for another word.</summary>
    public string? OneOf(string property, params ReadOnlySpan<string> words)
    {
        if (this[property] is not { } text)
        {
            return null;
        }

        foreach (var word in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        throw SettingErrors.Wrong(property, text, "it is not a value of this setting", $"Write one of: {string.Join(", ", words)}.");
    }
}

/// <summary>One item of a setting that is a list.</summary>
/// <param name="Name">The item's name, e.g. ContainerPort.</param>
/// <param name="Identity">What was included.</param>
/// <param name="Metadata">The metadata, by name in any case.</param>
public sealed record SettingItem(string Name, string Identity, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>A metadatum, trimmed; null where it is absent or empty.</summary>
    public string? this[string name] => Metadata.TryGetValue(name, out var value) && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>A metadatum as it is, with its spaces; empty where absent.</summary>
    public string Raw(string name) => Metadata.TryGetValue(name, out var value) ? value : "";
}
