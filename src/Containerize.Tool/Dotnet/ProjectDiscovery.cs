namespace Containerize.Tool.Dotnet;

/// <summary>Which project is meant: the one named, or the one in the folder.</summary>
internal static class ProjectDiscovery
{
    private static readonly string[] ProjectTypes = [".csproj", ".fsproj", ".vbproj"];
    private static readonly string[] SolutionTypes = [".slnx", ".sln"];

    /// <summary>The file; CTZ7025 where there is none or more than one.</summary>
    /// <param name="named">A file or folder; null for the current folder.</param>
    /// <param name="directory">The current folder.</param>
    internal static string Find(string? named, string directory)
    {
        var path = Path.GetFullPath(named ?? ".", directory);
        if (File.Exists(path))
        {
            return path;
        }

        if (!Directory.Exists(path))
        {
            throw None($"finding the project '{named}'", "there is no such file or folder");
        }

        var files = Directory.GetFiles(path).Order(StringComparer.Ordinal).ToList();
        var projects = files.Where(f => ProjectTypes.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).ToList();
        var solutions = files.Where(IsSolution).ToList();
        var candidates = projects.Count > 0 ? projects : solutions;
        return candidates.Count switch
        {
            1 => candidates[0],
            0 => throw None($"finding the project in {path}", "there is no project or solution in this folder"),
            _ => throw None($"finding the project in {path}", $"there are several: {string.Join(", ", candidates.Select(Path.GetFileName))}"),
        };
    }

    /// <summary>Whether a file is a solution.</summary>
    internal static bool IsSolution(string path) => SolutionTypes.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static ContainerizeException None(string doing, string why) => new(7025, doing, why, "Name the project: a file, or a folder with exactly one.");
}
