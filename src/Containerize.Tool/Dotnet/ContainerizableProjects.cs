using System.Text.Json;

namespace Containerize.Tool.Dotnet;

/// <summary>Which of a solution's projects have an image: programs that are published, and no tests.</summary>
internal static class ContainerizableProjects
{
    private static readonly string[] Asked = ["OutputType", "IsPublishable", "IsTestProject", "EnableSdkContainerSupport"];

    /// <summary>The projects; CTZ7028 where there is none.</summary>
    internal static async Task<IReadOnlyList<string>> OfAsync(string solution, PublishRequest request, Terminal terminal, CancellationToken token)
    {
        var chosen = new List<string>();
        foreach (var project in SolutionProjects.Of(solution))
        {
            var text = await DotnetProcess.ReadAsync(EvaluationArguments(project, request), terminal, token);
            if (text is not null && HasImage(text))
            {
                chosen.Add(project);
            }
            else if (text is null)
            {
                throw new ContainerizeException(7032, $"evaluating {project}", "MSBuild failed", "Build the project with 'dotnet build' to see why.");
            }
        }

        return chosen.Count > 0
            ? chosen
            : throw new ContainerizeException(7028, $"choosing the projects of {solution}", "none of them is a program that is published", "Name a project, or set its OutputType to Exe.");
    }

    internal static IReadOnlyList<string> EvaluationArguments(string project, PublishRequest request) =>
    [
        "msbuild", project, "-nologo",
        $"-p:Configuration={request.Configuration ?? "Release"}",
        .. request.Framework is null ? Array.Empty<string>() : [$"-p:TargetFramework={request.Framework}"],
        .. request.Properties.Select(p => $"-p:{p}"),
        .. Asked.Select(p => $"-getProperty:{p}"),
    ];

    internal static bool HasImage(string properties)
    {
        using var document = JsonDocument.Parse(properties);
        var values = document.RootElement.GetProperty("Properties");
        bool Is(string name, string value) => string.Equals(values.GetProperty(name).GetString(), value, StringComparison.OrdinalIgnoreCase);
        return (Is("OutputType", "Exe") || Is("OutputType", "WinExe"))
            && !Is("IsPublishable", "false")
            && !Is("IsTestProject", "true")
            && !Is("EnableSdkContainerSupport", "false");
    }
}
