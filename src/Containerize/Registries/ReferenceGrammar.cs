namespace Containerize.Registries;

/// <summary>The grammar of image names, as distribution's <c>reference</c> package documents it.</summary>
internal static class ReferenceGrammar
{
    internal const string DockerHub = "docker.io";
    private const int MaxLength = 255;
    private const int MaxTagLength = 128;

    internal static bool IsTag(string text) =>
        text.Length is >= 1 and <= MaxTagLength
        && text[0] is not ('.' or '-')
        && All(text, static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

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

        if (!IsRegistry(registry))
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

        if (!IsRepository(repository))
        {
            return "the repository's parts must be of lower-case letters and digits, with single '.', '_', or '__' or '-' between them";
        }

        // Docker: 64 hex digits would be mistaken for an image's id.
        return IsHexId(given) ? "64 hex digits alone are an image's id, not a name" : null;
    }

    // By hand and not by expressions: a build checks three short names, and for an engine that cannot be made to backtrack the just-in-time
    // compiler has 250 methods to do first, a tenth of a second where the machine is busy (docs/benchmarks.md).
    internal static bool IsRegistry(string text)
    {
        var host = text.AsSpan();
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && colon > host.LastIndexOf(']'))
        {
            if (host[(colon + 1)..] is not { Length: >= 1 and <= 5 } port || port.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            host = host[..colon];
        }

        if (host is ['[', .. { Length: > 0 } address, ']'])
        {
            return All(address, static c => char.IsAsciiHexDigit(c) || c == ':');
        }

        foreach (var label in host.Split('.'))
        {
            if (!IsLabel(host[label]))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool IsRepository(string text)
    {
        foreach (var part in text.AsSpan().Split('/'))
        {
            if (!IsPart(text.AsSpan()[part]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLabel(ReadOnlySpan<char> label) =>
        !label.IsEmpty && label[0] != '-' && label[^1] != '-' && All(label, static c => char.IsAsciiLetterOrDigit(c) || c == '-');

    // Runs of [a-z0-9] with one of '.', '_', '__' or any number of '-' between them.
    private static bool IsPart(ReadOnlySpan<char> part)
    {
        var separator = 0;
        for (var i = 0; i < part.Length; i++)
        {
            if (IsLowerOrDigit(part[i]))
            {
                separator = 0;
                continue;
            }

            separator++;
            var fits = part[i] switch
            {
                '.' => separator == 1,
                '_' => separator == 1 || (separator == 2 && part[i - 1] == '_'),
                '-' => separator == 1 || part[i - 1] == '-',
                _ => false,
            };
            if (!fits || separator == i + 1)
            {
                return false;
            }
        }

        return !part.IsEmpty && separator == 0;
    }

    private static bool All(ReadOnlySpan<char> text, Func<char, bool> fits)
    {
        foreach (var c in text)
        {
            if (!fits(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLowerOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');

    private static bool IsHexId(string text) =>
        text.Length == 64 && All(text, char.IsAsciiHexDigitLower);
}
