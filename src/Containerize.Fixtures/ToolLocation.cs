using System.Runtime.InteropServices;

namespace Containerize.Testing;

/// <summary>Where dotnet-containerize is, and where the paths that it is given begin.</summary>
internal static class ToolLocation
{
    private const string Name = "dotnet-containerize";

    // The folder of the package's tools and that of the test project: build/Containerize.Testing.targets writes them into runtimeconfig.json.
    private const string ToolsSetting = "Containerize.Testing.Tools";
    private const string ProjectSetting = "Containerize.Testing.ProjectDirectory";

    /// <summary>The folder of the test project, where it is still there.</summary>
    internal static string Directory { get; } =
        AppContext.GetData(ProjectSetting) is string folder && System.IO.Directory.Exists(folder) ? folder : Environment.CurrentDirectory;

    private static string Platform => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>Finds the program, or an assembly; CTZ8001 where containers cannot run, CTZ8002 where there is none.</summary>
    /// <param name="given">The one that the test names; null: none.</param>
    internal static string Find(string? given)
    {
        if (!ContainerFixture.IsSupported)
        {
            throw new ContainerFixtureException(
                "CTZ8001", "starting a container: containers run on Linux; on Windows WSL 2 is one. Skip the test elsewhere: ContainerFixture.IsSupported.");
        }

        given ??= Environment.GetEnvironmentVariable("CONTAINERIZE_TOOL");
        if (!string.IsNullOrEmpty(given))
        {
            var path = Path.GetFullPath(given, Directory);
            return File.Exists(path) ? path : throw new ContainerFixtureException("CTZ8002", $"finding {path}: it is not there. Name another in Tool or CONTAINERIZE_TOOL, or none.");
        }

        var carried = AppContext.GetData(ToolsSetting) is string tools ? Path.Combine(tools, Platform, Name) : null;
        return (carried is null ? OnPath() : OnPath().Prepend(carried)).FirstOrDefault(File.Exists)
            ?? throw new ContainerFixtureException(
                "CTZ8002",
                $"finding {Name} for {Platform}: {(carried is null ? "nothing says where the package is" : $"{carried} is not there")}, and it is not on PATH. "
                + "Reference the package Containerize.Testing in the test project itself, or name the program by CONTAINERIZE_TOOL.");
    }

    private static IEnumerable<string> OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools"))
            // Never what lies in the folder where a test happens to run.
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, Name));
}
