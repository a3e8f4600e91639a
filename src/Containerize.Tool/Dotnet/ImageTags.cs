using Containerize.Registries;

namespace Containerize.Tool.Dotnet;

/// <summary>From -t to the properties of the project: a word is a tag, <c>NAME:TAG</c> or a path is a repository, with or without one.</summary>
internal static class ImageTags
{
    /// <summary>The properties, <c>NAME=VALUE</c>; CTZ7026 where the values are no names, or of several repositories.</summary>
    internal static IReadOnlyList<string> Properties(IReadOnlyList<string> values)
    {
        var repositories = new List<string>();
        var tags = new List<string>();
        foreach (var value in values)
        {
            var colon = value.LastIndexOf(':');
            var named = colon > value.LastIndexOf('/');
            var (repository, tag) = named ? (value[..colon], value[(colon + 1)..]) : value.Contains('/', StringComparison.Ordinal) ? (value, "") : ("", value);
            if (!Reference.TryParse($"{(repository.Length == 0 ? "app" : repository)}:{(tag.Length == 0 ? "latest" : tag)}", out var reference) || value.EndsWith(':'))
            {
                throw Bad(value, "it is not a tag, nor a repository and a tag");
            }

            // What a host looks like: docker's own rule, which Reference has too. Sending to a registry is another setting, not a part of the name.
            if (repository.Length > 0 && reference.Registry != "docker.io")
            {
                throw Bad(value, $"it names the registry {reference.Registry}, and this command builds locally");
            }

            if (repository.Length > 0)
            {
                repositories.Add(repository);
            }

            if (tag.Length > 0)
            {
                tags.Add(tag);
            }
        }

        if (repositories.Distinct().Count() > 1)
        {
            throw Bad(values[^1], $"there are several repositories: {string.Join(", ", repositories.Distinct())}");
        }

        // Quoted, because -p takes ';' as its own separator.
        var tagList = tags.Distinct().ToList();
        return
        [
            .. repositories.Take(1).Select(r => $"ContainerRepository={r}"),
            .. tagList.Count switch
            {
                0 => Array.Empty<string>(),
                1 => [$"ContainerImageTag={tagList[0]}"],
                _ => [$"ContainerImageTags=\"{string.Join(';', tagList)}\""],
            },
        ];
    }

    private static ContainerizeException Bad(string value, string why) =>
        new(7026, $"reading the option -t '{value}'", why, "Write a tag (1.0), or a repository and a tag (team/app:1.0); for other registries see 'dotnet containerize tag'.");
}
