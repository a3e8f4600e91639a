using System.Globalization;

namespace Containerize.Planning;

/// <summary>The owner of a file by number, as layers have it.</summary>
/// <param name="Uid">The user, 0 to 4294967294.</param>
/// <param name="Gid">The group.</param>
public readonly record struct FileOwner(int Uid, int Gid)
{
    /// <summary>The owner root.</summary>
    public static FileOwner Root => default;

    /// <summary>The owner written <c>uid[:gid]</c>; the known names are root and, on the embedded base, app. CTZ1010 for others.</summary>
    /// <param name="setting">The setting it stands in, for messages.</param>
    /// <param name="value">The text.</param>
    /// <param name="names">The names that the base is known to have.</param>
    public static FileOwner Parse(string setting, string value, IReadOnlyDictionary<string, int> names)
    {
        var parts = value.Split(':');
        if (parts.Length > 2)
        {
            throw Wrong(setting, value, names);
        }

        var uid = Number(parts[0]);
        return new FileOwner(uid, parts.Length == 2 ? Number(parts[1]) : uid);

        int Number(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : names.TryGetValue(text, out number) ? number
            : throw Wrong(setting, value, names);
    }

    private static ContainerizeException Wrong(string setting, string value, IReadOnlyDictionary<string, int> names) =>
        SettingErrors.Wrong(
            setting,
            value,
            $"it is not uid[:gid] in numbers, nor one of the names known here ({string.Join(", ", names.Keys.Order(StringComparer.Ordinal))})",
            "A layer stores owners as numbers: write for example 1654:1654.");
}
