namespace Containerize.Planning;

/// <summary>Where a published file comes from, which decides how often it changes.</summary>
public enum PublishOrigin
{
    /// <summary>A runtime pack: the framework's own files in a self-contained publish.</summary>
    RuntimePack,

    /// <summary>A NuGet package of a release version.</summary>
    Package,

    /// <summary>A NuGet package of a prerelease version.</summary>
    PrereleasePackage,

    /// <summary>A referenced project.</summary>
    ProjectReference,

    /// <summary>What starts the app and names its dependencies: the apphost, *.deps.json, *.runtimeconfig.json.</summary>
    Host,

    /// <summary>Static content: wwwroot and the list of its endpoints.</summary>
    StaticContent,

    /// <summary>The app itself.</summary>
    App,
}

/// <summary>One file of the publish output.</summary>
/// <param name="RelativePath">The path in the publish folder, '/' between parts.</param>
/// <param name="SourcePath">The absolute path on disk.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record PublishFile(string RelativePath, string SourcePath, PublishOrigin Origin)
{
    /// <summary>What a symbolic link in the publish folder points to, relative and inside the folder; null for files.</summary>
    public string? LinkTarget { get; init; }
}
