using System.Security.Cryptography;
using System.Text.Json;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Storage;

namespace Containerize.Images;

/// <summary>Reads the images of a <c>docker save</c> archive: manifest.json names a configuration and the layers' tars, in order.</summary>
/// <remarks>There is no manifest in the registry's sense, so one is made: of schema 2, with the layers as they are in the archive.</remarks>
internal sealed class DockerArchive(ArchiveFile archive, string name)
{
    private sealed record Entry(string Config, IReadOnlyList<string> Tags, IReadOnlyList<string> Layers);

    internal Task<Artifact> ReadAsync(string? wanted, CancellationToken cancellationToken) =>
        ReadAsync(Choose(ReadEntries(), wanted), cancellationToken);

    internal async Task<IReadOnlyList<NamedArtifact>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var images = new List<NamedArtifact>();
        foreach (var entry in ReadEntries())
        {
            var names = entry.Tags.Select(t => Reference.TryParse(t, out var r) ? r : null).OfType<Reference>();
            images.Add(new NamedArtifact(await ReadAsync(entry, cancellationToken), [.. names.Distinct()]));
        }

        return images.Count > 0 ? images : throw LayoutErrors.Damaged(name, "its manifest.json lists no image");
    }

    private async Task<Artifact> ReadAsync(Entry entry, CancellationToken cancellationToken)
    {
        var config = archive.TryReadDocument(entry.Config) ?? throw LayoutErrors.Damaged(name, $"its manifest.json names {entry.Config}, which it does not have");
        var diffIds = OciJson.ReadConfig(config, $"the configuration {entry.Config} in {name}").RootFs.DiffIds;
        if (diffIds.Count != entry.Layers.Count)
        {
            throw LayoutErrors.Damaged(name, $"its manifest.json has {entry.Layers.Count} layers and the configuration {diffIds.Count}");
        }

        var blobs = new Dictionary<Digest, string>();
        var layers = new List<Descriptor>();
        foreach (var (path, diffId) in entry.Layers.Zip(diffIds))
        {
            var layer = await DescribeAsync(path, diffId, cancellationToken);
            blobs[layer.Digest] = path;
            layers.Add(layer);
        }

        var manifest = new ImageManifest { MediaType = MediaTypes.DockerManifest, Config = Descriptor.Of(MediaTypes.DockerConfig, config), Layers = layers };
        return Image.Parse(MediaTypes.DockerManifest, OciJson.Write(manifest), config, new Blobs(archive, blobs, name));
    }

    // A plain tar has the digest that the configuration names; a compressed one is digested here, once.
    private async Task<Descriptor> DescribeAsync(string path, Digest diffId, CancellationToken cancellationToken)
    {
        var size = archive.SizeOf(path) ?? throw LayoutErrors.Damaged(name, $"its manifest.json names the layer {path}, which it does not have");
        var magic = new byte[4];
        await using (var start = archive.Open(path, 0))
        {
            await start.ReadAtLeastAsync(magic, 4, throwOnEndOfStream: false, cancellationToken);
        }

        var mediaType = magic switch
        {
            [0x1f, 0x8b, ..] => MediaTypes.DockerLayerGzip,
            [0x28, 0xb5, 0x2f, 0xfd] => MediaTypes.DockerLayerZstd,
            _ => MediaTypes.DockerLayer,
        };
        if (mediaType == MediaTypes.DockerLayer)
        {
            return new Descriptor { MediaType = mediaType, Digest = diffId, Size = size };
        }

        await using var content = archive.Open(path, 0);
        return new Descriptor { MediaType = mediaType, Digest = Digest.FromHash(await SHA256.HashDataAsync(content, cancellationToken)), Size = size };
    }

    private Entry Choose(IReadOnlyList<Entry> entries, string? wanted)
    {
        var tags = entries.SelectMany(e => e.Tags);
        if (wanted is null)
        {
            return entries.Count switch
            {
                1 => entries[0],
                0 => throw LayoutErrors.Damaged(name, "its manifest.json lists no image"),
                _ => throw LayoutErrors.Several(name, tags),
            };
        }

        return entries.FirstOrDefault(e => e.Tags.Contains(wanted))
            ?? entries.FirstOrDefault(e => Reference.TryParse(wanted, out var r) && e.Tags.Any(t => Reference.TryParse(t, out var tag) && tag == r))
            ?? throw LayoutErrors.NotFound(name, wanted, tags);
    }

    private List<Entry> ReadEntries()
    {
        try
        {
            using var document = JsonDocument.Parse(archive.TryReadDocument("manifest.json"), new JsonDocumentOptions { MaxDepth = 16 });
            return [.. document.RootElement.EnumerateArray().Select(e => new Entry(
                Inside(e.GetProperty("Config").GetString()),
                Strings(e, "RepoTags"),
                [.. Strings(e, "Layers").Select(Inside)]))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw LayoutErrors.Damaged(name, "its manifest.json is not a list of images with Config and Layers", e);
        }
    }

    private static IReadOnlyList<string> Strings(JsonElement element, string property)
    {
        if (!element.TryGetProperty(property, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return list.GetArrayLength() > OciJson.MaxDescriptors
            ? throw new JsonException("too many entries")
            : [.. list.EnumerateArray().Select(s => s.GetString() ?? throw new JsonException("null in a list of names"))];
    }

    private string Inside(string? path) =>
        path is not null && ArchiveFile.Normalise(path) is { } normal && !path.Split('/').Contains("..")
            ? normal
            : throw LayoutErrors.Damaged(name, $"its manifest.json names '{path}', which is not a path inside the archive");

    private sealed class Blobs(ArchiveFile archive, Dictionary<Digest, string> paths, string name) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
        {
            var stream = archive.Open(paths.GetValueOrDefault(blob.Digest) ?? throw BlobErrors.Absent(blob, name), offset);
            return new ValueTask<Stream>(offset == 0 ? new VerifyingStream(stream, blob) : stream);
        }
    }
}
