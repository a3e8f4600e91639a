using System.Text.RegularExpressions;

namespace Containerize.Registries;

/// <summary>The grammar of image names, as distribution's <c>reference</c> package documents it.</summary>
internal static partial class ReferenceGrammar
{
    internal const string DockerHub = "docker.io";
    private const int MaxLength = 255;

    internal static bool IsTag(string text) => Tag().IsMatch(text);

    /// <summary>Tells registry and repository apart: the first part is a registry where it has a '.', a ':' or a capital, or is "localhost".</summary>
    internal static (string Registry, string Repository) Split(string name)
    {
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var isRegistry = first.Length > 0
            && (first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost" || first.Any(char.IsAsciiLetterUpper));
        var (registry, repository) = isRegistry ? (first, name[(slash + 1)..]) : (DockerHub, name);
        if (registry == "index.docker.io")
        {
            registry = DockerHub;
        }

        return registry == DockerHub && !repository.Contains('/') ? (registry, "library/" + repository) : (registry, repository);
    }

    /// <summary>Why these are not names; null where they are.</summary>
    internal static string? Objection(string registry, string repository, string given)
    {
        if (given.Length == 0)
        {
            return "it has no repository";
        }

        if (!Registry().IsMatch(registry))
        {
            return $"'{registry}' is not a registry's host[:port]";
        }

        if (repository.Length > MaxLength)
        {
            return $"the repository has {repository.Length} characters, more than {MaxLength}";
        }

        if (repository.Any(char.IsAsciiLetterUpper))
        {
            return $"the repository must be lower case, as '{repository.ToLowerInvariant()}'";
        }

        if (!Repository().IsMatch(repository))
        {
            return "the repository's parts must be of lower-case letters and digits, with single '.', '_', or '__' or '-' between them";
        }

        // Docker: 64 hex digits would be mistaken for an image's id.
        return HexId().IsMatch(given) ? "64 hex digits alone are an image's id, not a name" : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\A(?:\[[a-fA-F0-9:]+\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]{1,5})?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Registry();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z")]
    private static partial Regex HexId();
}
