using System.Text.Json;
using Containerize.Oci;
using Containerize.Registries;

namespace Containerize.Images;

/// <summary>What the <c>index.json</c> of a layout says of names (image-spec image-layout.md, annotations.md).</summary>
internal static class LayoutIndex
{
    internal const string RefName = "org.opencontainers.image.ref.name";

    // containerd and Docker: the full name, where the other may be a tag only.
    internal const string ImageName = "io.containerd.image.name";

    internal static readonly byte[] Marker = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    internal static IndexManifest Empty { get; } = new() { MediaType = MediaTypes.OciIndex, Manifests = [] };

    /// <summary>Fails with CTZ3007 unless the bytes of an <c>oci-layout</c> file name version 1.</summary>
    internal static void CheckMarker(ReadOnlyMemory<byte> marker, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(marker, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("imageLayoutVersion", out var version)
                && version.ValueKind == JsonValueKind.String
                && version.GetString()!.StartsWith("1.", StringComparison.Ordinal))
            {
                return;
            }
        }
        catch (JsonException e)
        {
            throw LayoutErrors.Damaged(name, "its oci-layout file is not JSON", e);
        }

        throw LayoutErrors.Damaged(name, "its oci-layout file does not name the version 1 of OCI image layouts");
    }

    /// <summary>The only entry, or the one of this name.</summary>
    internal static Descriptor Choose(IndexManifest index, string? wanted, string name)
    {
        var entries = index.Manifests;
        if (wanted is null)
        {
            return entries.Count switch
            {
                1 => entries[0],
                0 => throw LayoutErrors.Damaged(name, "its index.json lists no image"),
                _ => throw LayoutErrors.Several(name, Names(entries)),
            };
        }

        // By the exact name; else by digest; else as Docker would complete the name.
        return entries.FirstOrDefault(e => NamesOf(e).Contains(wanted))
            ?? entries.FirstOrDefault(e => e.Digest.ToString() == wanted)
            ?? (Reference.TryParse(wanted, out var reference)
                ? entries.FirstOrDefault(e => NamesOf(e).Any(n => Reference.TryParse(n, out var r) && r == reference))
                : null)
            ?? throw LayoutErrors.NotFound(name, wanted, Names(entries));
    }

    /// <summary>The index with this entry in place of those of the same name; an entry with no name takes the place of one with none.</summary>
    internal static IndexManifest With(IndexManifest index, Descriptor entry) =>
        index with { Manifests = [.. index.Manifests.Where(e => NameOf(e) != NameOf(entry)), entry] };

    /// <summary>An entry of a layout's index.</summary>
    internal static Descriptor Entry(Artifact artifact, string? refName, Reference? imageName = null)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (refName is not null)
        {
            annotations[RefName] = refName;
        }

        if (imageName is not null)
        {
            annotations[ImageName] = imageName.Canonical;
        }

        return artifact.Descriptor with
        {
            Annotations = annotations.Count == 0 ? null : annotations,
            Platform = artifact is Image { Manifest.Config.MediaType: MediaTypes.OciConfig or MediaTypes.DockerConfig } image ? image.Platform : null,
        };
    }

    internal static string? NameOf(Descriptor entry) => entry.Annotations?.GetValueOrDefault(RefName);

    /// <summary>The full name of an entry, with no digest; null where it has none that is one.</summary>
    internal static Reference? ReferenceOf(Descriptor entry) =>
        NamesOf(entry).Reverse().Select(n => Reference.TryParse(n, out var r) ? r : null).FirstOrDefault(r => r is { Digest: null });

    private static IEnumerable<string> NamesOf(Descriptor entry) =>
        new[] { NameOf(entry), entry.Annotations?.GetValueOrDefault(ImageName) }.OfType<string>();

    private static IEnumerable<string> Names(IEnumerable<Descriptor> entries) => entries.Select(e => NameOf(e) ?? e.Digest.ToString());
}
