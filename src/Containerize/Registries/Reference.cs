using System.Diagnostics.CodeAnalysis;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>The name of an image, <c>[host[:port]/]path[:tag][@digest]</c>, read as Docker reads it.</summary>
/// <remarks>Immutable and always valid. A name with no registry is Docker Hub's, and one word there is in its "library".</remarks>
public sealed record Reference
{
    private Reference(string registry, string repository, string? tag, Digest? digest)
    {
        Registry = registry;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry, <c>host[:port]</c>: <c>docker.io</c>, <c>localhost:5000</c>, <c>[::1]:5000</c>.</summary>
    public string Registry { get; }

    /// <summary>The repository in the registry: <c>library/app</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null only where there is a digest.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest, where the name is pinned.</summary>
    public Digest? Digest { get; }

    /// <summary>The full form: <c>docker.io/library/app:latest</c>.</summary>
    public string Canonical => $"{Registry}/{Repository}{Suffix}";

    /// <summary>What the registry is asked for: the digest, else the tag.</summary>
    public string Target => Digest?.ToString() ?? Tag!;

    /// <summary>What follows the repository in a name: tag and digest.</summary>
    internal string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    /// <summary>Parses a name; CTZ4001 where it is not one.</summary>
    public static Reference Parse(string text) =>
        Read(text, out var reference) is { } why
            ? throw new ContainerizeException(
                4001,
                $"reading the image name '{(text.Length <= 300 ? text : text[..300] + "...")}'",
                why,
                "Write it as [registry[:port]/]repository[:tag][@digest], for example localhost:5000/team/app:1.0.")
            : reference!;

    /// <summary>Parses a name; false where it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Reference? reference)
    {
        reference = null;
        return text is not null && Read(text, out reference) is null;
    }

    /// <summary>The same repository with this tag and no digest; CTZ4001 where it is not a tag.</summary>
    public Reference WithTag(string tag) => ReferenceGrammar.IsTag(tag)
        ? new Reference(Registry, Repository, tag, null)
        : throw new ContainerizeException(
            4001, $"naming {Registry}/{Repository}", $"'{tag}' is not a tag", "A tag has up to 128 letters, digits, '_', '.' and '-', and starts with none of the last two.");

    /// <summary>The same name pinned to this digest; the tag stays, for people.</summary>
    public Reference WithDigest(Digest digest) => new(Registry, Repository, Tag, digest);

    /// <summary>The short form that people write: <c>app:latest</c>.</summary>
    public override string ToString()
    {
        if (Registry == ReferenceGrammar.DockerHub)
        {
            const string library = "library/";
            var shorter = Repository.StartsWith(library, StringComparison.Ordinal) && !Repository.AsSpan(library.Length).Contains('/')
                ? Repository[library.Length..]
                : Repository;
            // Only where it is read back as the same: docker.io/a.b/c cannot lose its registry.
            if (ReferenceGrammar.Split(shorter) == (Registry, Repository))
            {
                return shorter + Suffix;
            }
        }

        return Canonical;
    }

    private static string? Read(string text, out Reference? reference)
    {
        reference = null;
        var rest = text;
        Digest? digest = null;
        if (rest.IndexOf('@') is var at and >= 0)
        {
            if (!Oci.Digest.TryParse(rest[(at + 1)..], out var parsed))
            {
                return "what follows '@' is not a digest (sha256: and 64 lower-case hex characters)";
            }

            digest = parsed;
            rest = rest[..at];
        }

        string? tag = null;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!ReferenceGrammar.IsTag(tag))
            {
                return $"'{tag}' is not a tag (up to 128 letters, digits, '_', '.' and '-', starting with none of the last two)";
            }
        }

        var (registry, repository) = ReferenceGrammar.Split(rest);
        if (ReferenceGrammar.Objection(registry, repository, rest) is { } why)
        {
            return why;
        }

        reference = new Reference(registry, repository, tag ?? (digest is null ? "latest" : null), digest);
        return null;
    }
}
