namespace Containerize.Storage;

/// <summary>Where things live on disk; CONTAINERIZE_ROOT moves all of it (docs/architecture.md, "On disk").</summary>
/// <param name="Cache">Layers that can be made again: safe to delete.</param>
/// <param name="Data">Named images and containers.</param>
/// <param name="Runtime">State of what is running now.</param>
public sealed record StoragePaths(string Cache, string Data, string Runtime)
{
    /// <summary>The folders as the environment has them; CTZ3010 where there is no place to put them.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static StoragePaths From(Func<string, string?> variable)
    {
        if (Absolute(variable("CONTAINERIZE_ROOT")) is { } root)
        {
            return new StoragePaths(Path.Combine(root, "cache"), Path.Combine(root, "data"), Path.Combine(root, "run"));
        }

        // XDG Base Directory Specification: a relative value is invalid and ignored.
        var home = Absolute(variable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME"));
        var local = OperatingSystem.IsWindows() ? Absolute(variable("LOCALAPPDATA")) : null;
        var cache = Absolute(variable("XDG_CACHE_HOME")) ?? local ?? Under(home, OperatingSystem.IsMacOS() ? "Library/Caches" : ".cache");
        var data = Absolute(variable("XDG_DATA_HOME")) ?? local ?? Under(home, OperatingSystem.IsMacOS() ? "Library/Application Support" : ".local/share");
        if (cache is null || data is null)
        {
            throw new ContainerizeException(
                3010,
                "choosing the folders for the cache and the local images",
                "neither HOME nor XDG_CACHE_HOME and XDG_DATA_HOME is set to an absolute path",
                "Set HOME, or CONTAINERIZE_ROOT to a folder of its own.");
        }

        var runtime = Absolute(variable("XDG_RUNTIME_DIR"))
            ?? (Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() ? "/run" : Path.Combine(cache, "run"));
        return new StoragePaths(Path.Combine(cache, "containerize"), Path.Combine(data, "containerize"), Path.Combine(runtime, "containerize"));
    }

    private static string? Absolute(string? path) => !string.IsNullOrEmpty(path) && Path.IsPathFullyQualified(path) ? path : null;

    private static string? Under(string? home, string folder) => home is null ? null : Path.Combine(home, folder);
}
