using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Tool.Reports;

/// <summary>A layer, as reports show it.</summary>
/// <param name="Name">What made it.</param>
/// <param name="Blob">Its descriptor.</param>
/// <param name="DiffId">The digest of its tar; null where the configuration does not say.</param>
/// <param name="IsBase">Whether it came with the base image.</param>
internal sealed record LayerLine(string Name, Descriptor Blob, Digest? DiffId, bool IsBase)
{
    private const string Ours = "containerize: ";

    /// <summary>The layers of an image, lowest first, named by its history where that counts them alike.</summary>
    internal static IReadOnlyList<LayerLine> Of(Image image)
    {
        var layers = image.Manifest.Layers;
        var config = image.Config;
        var history = config.History?.Where(h => !h.EmptyLayer).Select(h => h.CreatedBy ?? h.Comment ?? "").ToList() ?? [];
        var named = history.Count == layers.Count;
        // Ours are on top; everything below the lowest of them is the base.
        var firstOurs = named ? history.FindIndex(h => h.StartsWith(Ours, StringComparison.Ordinal)) : -1;
        return [.. layers.Select((blob, i) => new LayerLine(
            named ? Shorten(history[i]) : "",
            blob,
            i < config.RootFs.DiffIds.Count ? config.RootFs.DiffIds[i] : null,
            firstOurs > i))];
    }

    private static string Shorten(string createdBy)
    {
        var text = createdBy.StartsWith(Ours, StringComparison.Ordinal) ? createdBy[Ours.Length..] : createdBy;
        foreach (var noise in new[] { "Containerize embedded base: ", "/bin/sh -c #(nop) ", "/bin/sh -c " })
        {
            text = text.StartsWith(noise, StringComparison.Ordinal) ? text[noise.Length..] : text;
        }

        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
