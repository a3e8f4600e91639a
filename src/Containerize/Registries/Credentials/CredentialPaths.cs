namespace Containerize.Registries.Credentials;

/// <summary>The files in which podman and docker keep credentials (containers-auth.json(5); docker's config.json and, before it, .dockercfg).</summary>
internal static class CredentialPaths
{
    /// <summary>All of them, in the order in which they are looked through.</summary>
    internal static IEnumerable<string> All(Func<string, string?> environment)
    {
        var home = Home(environment);
        string?[] paths =
        [
            environment("REGISTRY_AUTH_FILE"),
            Under(environment("XDG_RUNTIME_DIR"), "containers/auth.json"),
            Under(environment("XDG_CONFIG_HOME"), "containers/auth.json") ?? Under(home, ".config/containers/auth.json"),
            Docker(environment),
            Under(home, ".dockercfg"),
        ];
        return paths.Where(p => !string.IsNullOrEmpty(p) && Path.IsPathFullyQualified(p)).OfType<string>();
    }

    /// <summary>The one that a login writes: what REGISTRY_AUTH_FILE names, else docker's, which docker, podman and the .NET SDK all read.</summary>
    internal static string? ForLogin(Func<string, string?> environment) =>
        environment("REGISTRY_AUTH_FILE") is { Length: > 0 } named ? Path.GetFullPath(named) : Docker(environment);

    private static string? Docker(Func<string, string?> environment) =>
        Under(environment("DOCKER_CONFIG"), "config.json") ?? Under(Home(environment), ".docker/config.json");

    private static string? Home(Func<string, string?> environment) => environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME");

    private static string? Under(string? folder, string file) => string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, file);
}
