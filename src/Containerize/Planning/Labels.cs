namespace Containerize.Planning;

/// <summary>The labels that are made from the project (OCI annotations.md, "Pre-Defined Annotation Keys"), each with its switch, as the SDK has them.</summary>
public static class Labels
{
    private const string Image = "org.opencontainers.image.";

    /// <summary>The generated labels; the project's own ContainerLabel items go over them.</summary>
    /// <param name="project">The project.</param>
    /// <param name="settings">The settings, for the time.</param>
    /// <param name="baseName">What the base was called, or null for scratch.</param>
    /// <param name="baseDigest">The base manifest's digest, or null.</param>
    public static IEnumerable<KeyValuePair<string, string>> Generate(ProjectFacts project, ImageSettings settings, string? baseName, string? baseDigest)
    {
        var values = project.Values;
        if (!values.Flag("ContainerGenerateLabels", true))
        {
            yield break;
        }

        // A time of now would give every build another digest; SOURCE_DATE_EPOCH brings the label back.
        if (settings.SourceDate is { } date && On("ImageCreated"))
        {
            yield return new(Image + "created", Rfc3339(date));
            yield return new("org.opencontainers.artifact.created", Rfc3339(date));
        }

        if (On("ImageDescription") && First("ContainerDescription", "Description") is { } description)
        {
            yield return new("org.opencontainers.artifact.description", description);
            yield return new(Image + "description", description);
        }

        foreach (var (flag, label, value) in new Candidate[]
        {
            new("ImageAuthors", "authors", First("ContainerAuthors", "Authors")),
            new("ImageUrl", "url", First("ContainerInformationUrl", "PackageProjectUrl")),
            new("ImageDocumentation", "documentation", First("ContainerDocumentationUrl", "PackageProjectUrl")),
            new("ImageVersion", "version", First("ContainerVersion", "PackageVersion")),
            new("ImageVendor", "vendor", values["ContainerVendor"]),
            new("ImageLicenses", "licenses", First("ContainerLicenseExpression", "PackageLicenseExpression")),
            new("ImageTitle", "title", First("ContainerTitle", "Title")),
            new("ImageBaseName", "base.name", baseName),
            new("ImageBaseDigest", "base.digest", baseDigest),
            new("ImageSource", "source", Source(values)),
            new("ImageRevision", "revision", values.Flag("PublishRepositoryUrl", false) ? values["SourceRevisionId"] : null),
        })
        {
            if (value is not null && On(flag))
            {
                yield return new(Image + label, value);
            }
        }

        if (On("DotnetToolset"))
        {
            if (project.FrameworkVersion.Length > 0)
            {
                yield return new("net.dot.runtime.majorminor", project.FrameworkVersion);
            }

            if (project.SdkVersion.Length > 0)
            {
                yield return new("net.dot.sdk.version", project.SdkVersion);
            }
        }

        bool On(string label) => values.Flag("ContainerGenerateLabels" + label, true);

        string? First(string own, string general) => values[own] ?? values[general];
    }

    private sealed record Candidate(string Switch, string Label, string? Value);

    /// <summary>A time as OCI documents have it: RFC 3339 in UTC.</summary>
    public static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    // Only where the user has said that the address may be published; without ".git", as scanners expect it.
    private static string? Source(SettingValues values) =>
        values.Flag("PublishRepositoryUrl", false) && values["PrivateRepositoryUrl"] is { } url
            ? values["RepositoryType"] == "git" && url.EndsWith(".git", StringComparison.Ordinal) ? url[..^4] : url
            : null;
}
