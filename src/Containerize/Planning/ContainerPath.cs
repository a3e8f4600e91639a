namespace Containerize.Planning;

/// <summary>Paths inside the image, as settings have them.</summary>
public static class ContainerPath
{
    /// <summary>An absolute path inside the image with no '.', '..' and empty parts and no trailing '/'; CTZ1010 where it cannot be one.</summary>
    public static string Absolute(string setting, string value, string workingDirectory)
    {
        var path = value.StartsWith('/') ? value : $"{workingDirectory}/{value}";
        if (value.Contains('\\') || value.Contains('\0'))
        {
            throw SettingErrors.Wrong(setting, value, "it has a backslash or a NUL in it", "Write the path as in the container, with '/'.");
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToList();
        if (parts.Contains(".."))
        {
            throw SettingErrors.Wrong(setting, value, "it goes up with '..'", "Write the path that is meant, from '/'.");
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The same path as a layer entry has it: relative to the root.</summary>
    public static string InLayer(string absolute) => absolute.TrimStart('/');

    /// <summary>Two paths joined by exactly one '/'.</summary>
    public static string Join(string directory, string relative) => directory.TrimEnd('/') + "/" + relative;
}
