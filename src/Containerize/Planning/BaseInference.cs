namespace Containerize.Planning;

/// <summary>Which base an image gets: the one named, the embedded one, or the one that the SDK's own containers would infer.</summary>
/// <param name="Name">As a user would write it in ContainerBaseImage; <c>embedded</c> for the embedded base.</param>
/// <param name="Inferred">Whether it is one of Microsoft's images, inferred from the project.</param>
public sealed record BaseChoice(string Name, bool Inferred)
{
    /// <summary>The name of the embedded base.</summary>
    public const string EmbeddedName = "embedded";

    /// <summary>Whether it is the embedded base.</summary>
    public bool IsEmbedded => Name == EmbeddedName;
}

/// <summary>Chooses the base image.</summary>
public static class BaseInference
{
    private const string Microsoft = "mcr.microsoft.com/dotnet/";

    /// <summary>The base for this project and these settings.</summary>
    public static BaseChoice Choose(ImageSettings settings, ProjectFacts project) =>
        settings.BaseImage is { } named ? new BaseChoice(named, Inferred: false)
        : settings.Family is null && HasEmbedded(project.RuntimeIdentifier) ? new BaseChoice(BaseChoice.EmbeddedName, Inferred: false)
        : new BaseChoice(Infer(settings.Family, project), Inferred: true);

    /// <summary>Whether there is an embedded base for the runtime identifier.</summary>
    public static bool HasEmbedded(string rid) => rid is "linux-x64" or "linux-arm64";

    // peers.md (c): runtime-deps, aspnet or runtime, at the target framework's version, with the family as suffix.
    private static string Infer(string? family, ProjectFacts project)
    {
        if (project.FrameworkVersion.Length == 0)
        {
            throw SettingErrors.Conflict("ContainerBaseImage", "no base can be inferred for a target framework that is not .NET", "Set ContainerBaseImage.");
        }

        var image = project.SelfContained ? "runtime-deps"
            : project.Frameworks.Any(f => f.Name == "Microsoft.AspNetCore.App") ? "aspnet"
            : "runtime";
        var suffix = family ?? InferredFamily(project);
        if (suffix is not null && suffix.EndsWith("-chiseled", StringComparison.Ordinal) && !project.InvariantGlobalization)
        {
            suffix += "-extra"; // chiseled images without it have no ICU
        }

        return $"{Microsoft}{image}:{project.FrameworkVersion}{(suffix is null ? "" : "-" + suffix)}";
    }

    private static string? InferredFamily(ProjectFacts project) =>
        project.RuntimeIdentifier.StartsWith("linux-musl-", StringComparison.Ordinal) || project.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal) ? "alpine"
        : project.SelfContained && (project.NativeAot || project.Trimmed) && !project.RuntimeIdentifier.StartsWith("win", StringComparison.Ordinal)
            ? project.FrameworkVersion.StartsWith("8.", StringComparison.Ordinal) ? "jammy-chiseled" : "noble-chiseled"
        : null;
}
