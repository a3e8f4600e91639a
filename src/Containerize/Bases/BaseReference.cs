using Containerize.Registries;

namespace Containerize.Bases;

/// <summary>What ContainerBaseImage names: <c>scratch</c>, <c>oci:</c>, <c>oci-archive:</c> or <c>docker-archive:</c> and a path, or a name at a registry.</summary>
public sealed record BaseReference
{
    private BaseReference(BaseKind kind) => Kind = kind;

    /// <summary>Where it comes from.</summary>
    public BaseKind Kind { get; }

    /// <summary>The name, for a registry; else null.</summary>
    public Reference? Reference { get; private init; }

    /// <summary>The absolute path of the folder or file; null for the others.</summary>
    public string? Path { get; private init; }

    /// <summary>The image's name in the layout or archive; null for the only one.</summary>
    public string? Name { get; private init; }

    /// <summary>Whether no registry was written and Docker Hub was taken (the SDK's warning CONTAINER2020).</summary>
    public bool RegistryAssumed { get; private init; }

    /// <summary>Parses a base; CTZ3040 for a form without its path, CTZ4001 where it is no name either.</summary>
    /// <param name="text">The text of ContainerBaseImage or FROM.</param>
    /// <param name="directory">The folder that relative paths are in; best the project's.</param>
    public static BaseReference Parse(string text, string directory = "")
    {
        if (text == "scratch")
        {
            return new BaseReference(BaseKind.Scratch);
        }

        foreach (var (prefix, kind) in Forms)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return AtPath(kind, text, text[prefix.Length..], directory);
            }
        }

        var reference = Reference.Parse(text);
        return new BaseReference(BaseKind.Registry)
        {
            Reference = reference,
            RegistryAssumed = reference.Registry == "docker.io" && !text.StartsWith("docker.io/", StringComparison.Ordinal)
                && !text.StartsWith("index.docker.io/", StringComparison.Ordinal),
        };
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        BaseKind.Scratch => "scratch",
        BaseKind.Registry => Reference!.ToString(),
        _ => Forms.First(f => f.Kind == Kind).Prefix + Path + (Name is null ? "" : ":" + Name),
    };

    private static readonly (string Prefix, BaseKind Kind)[] Forms =
        [("oci-archive:", BaseKind.OciArchive), ("docker-archive:", BaseKind.DockerArchive), ("oci:", BaseKind.OciLayout)];

    // As skopeo reads it: the first ':' ends the path, but for the one after a drive's letter.
    private static BaseReference AtPath(BaseKind kind, string text, string rest, string directory)
    {
        var isDrive = rest.Length > 2 && char.IsAsciiLetter(rest[0]) && rest[1] == ':' && rest[2] is '\\' or '/';
        var colon = rest.IndexOf(':', isDrive ? 2 : 0);
        var (path, name) = colon < 0 ? (rest, null) : (rest[..colon], rest[(colon + 1)..]);
        if (path.Length == 0 || name?.Length == 0)
        {
            throw new ContainerizeException(
                3040, $"reading the base image '{text}'", path.Length == 0 ? "it has no path" : "its name after the path is empty", "Write oci:FOLDER[:NAME], oci-archive:FILE[:NAME] or docker-archive:FILE[:NAME].");
        }

        return new BaseReference(kind) { Path = System.IO.Path.Combine(directory, path), Name = name };
    }
}
