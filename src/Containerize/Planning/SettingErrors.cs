namespace Containerize.Planning;

/// <summary>The failures of settings (docs/errors.md, CTZ1xxx).</summary>
public static class SettingErrors
{
    /// <summary>CTZ1010: a setting has a value that it cannot have.</summary>
    public static ContainerizeException Wrong(string setting, string value, string why, string next) =>
        new(1010, $"reading the setting {setting}, which is '{Shorten(value)}'", why, next);

    /// <summary>CTZ1011: two settings contradict each other.</summary>
    public static ContainerizeException Conflict(string settings, string why, string next) =>
        new(1011, $"reading the settings {settings}", why, next);

    private static string Shorten(string value) => value.Length <= 200 ? value : value[..200] + "...";
}
