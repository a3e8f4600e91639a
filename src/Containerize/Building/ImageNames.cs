using System.Globalization;
using System.Text;
using Containerize.Planning;
using Containerize.Registries;

namespace Containerize.Building;

/// <summary>What the image will be called: repository, tags, and the registries where it is pushed.</summary>
/// <param name="Registries">ContainerRegistry and ContainerRegistries, each once; empty where nothing is pushed.</param>
/// <param name="Repository">The repository: <c>team/app</c>.</param>
/// <param name="Tags">The tags, at least one.</param>
public sealed record ImageNames(IReadOnlyList<string> Registries, string Repository, IReadOnlyList<string> Tags)
{
    /// <summary>The full references: with the registries where there are any, all tags of the first before those of the next.</summary>
    public IReadOnlyList<Reference> References { get; } =
        Registries.Count == 0
            ? [.. Tags.Select(t => Reference.Parse($"{Repository}:{t}"))]
            : [.. Registries.SelectMany(r => Tags.Select(t => Reference.Parse($"{r}/{Repository}:{t}")))];

    /// <summary>Reads the names; CTZ1010 and CTZ1011 for wrong ones.</summary>
    /// <param name="values">The settings.</param>
    /// <param name="now">The time for AutoGenerateImageTag.</param>
    public static ImageNames Read(SettingValues values, DateTimeOffset now)
    {
        var one = values["PublishImageTag"] ?? values["ContainerImageTag"];
        var many = (values["ContainerImageTags"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (one is not null && many.Length > 0)
        {
            throw SettingErrors.Conflict("ContainerImageTag and ContainerImageTags", "both are set", "Use one of them.");
        }

        if (values.Flag("AutoGenerateImageTag", false) && many.Length == 0)
        {
            // The one setting that is meant to differ at each build; the SDK's own format.
            one = now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        }

        // As in the SDK, a blank in a tag (of a branch's name, say) becomes a '-'.
        string[] tags = [.. (many.Length > 0 ? many : [one ?? "latest"]).Select(t => t.Replace(' ', '-'))];
        foreach (var tag in tags)
        {
            if (!ReferenceGrammar.IsTag(tag))
            {
                throw SettingErrors.Wrong(
                    many.Length > 0 ? "ContainerImageTags" : "ContainerImageTag",
                    tag,
                    "it is not a tag",
                    "Use at most 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'.");
            }
        }

        return new ImageNames(RegistriesOf(values), RepositoryOf(values), [.. tags.Distinct(StringComparer.Ordinal)]);
    }

    private static List<string> RegistriesOf(SettingValues values)
    {
        var registries = new List<string>();
        var several = (values["ContainerRegistries"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var text in (values["RegistryUrl"] ?? values["ContainerRegistry"]) is { } one ? [one, .. several] : several)
        {
            var scheme = text.IndexOf("://", StringComparison.Ordinal);
            var registry = (scheme < 0 ? text : text[(scheme + 3)..]).TrimEnd('/');
            if (!registries.Contains(registry))
            {
                registries.Add(registry);
            }
        }

        return registries;
    }

    private static string RepositoryOf(SettingValues values)
    {
        var setting = values["ContainerRepository"] ?? values["ContainerImageName"];
        var text = setting ?? values["AssemblyName"] ?? "app";
        var name = Normalise(text);
        return Reference.TryParse(name, out _)
            ? name
            : throw SettingErrors.Wrong(
                setting is null ? "ContainerRepository (from AssemblyName)" : "ContainerRepository",
                text,
                "no repository can be named so",
                "Use lower-case letters, digits and single '.', '_', '-' or '/' between them, at most 255 characters.");
    }

    // As the SDK does it: lower case, and '-' for what a repository cannot have.
    private static string Normalise(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant())
        {
            name.Append(c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-' or '/' ? c : '-');
        }

        return name.ToString();
    }
}
