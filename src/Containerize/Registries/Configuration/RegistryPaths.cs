namespace Containerize.Registries.Configuration;

/// <summary>Where podman and docker keep what they know of registries.</summary>
internal static class RegistryPaths
{
    /// <summary>registries.conf and what is beside it in registries.conf.d, in the order in which they are read.</summary>
    internal static IReadOnlyList<string> Registries(RegistryOptions options)
    {
        if (options.Environment("CONTAINERS_REGISTRIES_CONF") is { Length: > 0 } named)
        {
            return [named];
        }

        var own = Own(options);
        var paths = new List<string>();
        var main = own is null ? null : Path.Combine(own, "registries.conf");
        paths.Add(main is not null && File.Exists(main) ? main : Path.Combine(options.Etc, "containers/registries.conf"));
        foreach (var folder in new[] { Path.Combine(options.Etc, "containers"), own })
        {
            if (folder is not null && Directory.Exists(Path.Combine(folder, "registries.conf.d")))
            {
                paths.AddRange(Directory.EnumerateFiles(Path.Combine(folder, "registries.conf.d"), "*.conf").Order(StringComparer.Ordinal));
            }
        }

        return paths;
    }

    /// <summary>docker's daemon.json.</summary>
    internal static string Daemon(RegistryOptions options) => Path.Combine(options.Etc, "docker/daemon.json");

    /// <summary>The folders that may hold certificates for a registry (containers-certs.d(5); docker's are alike).</summary>
    internal static IEnumerable<string> Certificates(RegistryOptions options, string registry)
    {
        string?[] folders = [Own(options), Path.Combine(options.Etc, "containers"), Path.Combine(options.Etc, "docker")];
        return folders.OfType<string>().Select(f => Path.Combine(f, "certs.d", registry)).Where(Directory.Exists);
    }

    private static string? Own(RegistryOptions options) =>
        options.Environment("XDG_CONFIG_HOME") is { Length: > 0 } config ? Path.Combine(config, "containers")
        : options.Environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config/containers")
        : null;
}
