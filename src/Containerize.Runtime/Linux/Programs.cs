namespace Containerize.Runtime.Linux;

/// <summary>Programs by name.</summary>
internal static class Programs
{
    /// <summary>The path of one of the system's own programs; null where it is not installed.</summary>
    public static string? Find(string name)
    {
        foreach (var directory in (string[])["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"])
        {
            var path = directory + "/" + name;
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
