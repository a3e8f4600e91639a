using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Containerize.Testing;

namespace Containerize.Package.Tests.Publishing;

/// <summary>An image or index of an OCI layout, read by means that share nothing with the product.</summary>
public sealed class LayoutImage
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public LayoutImage(string layout, string digest)
    {
        Layout = layout;
        Digest = digest;
        Manifest = Json(digest);
    }

    public string Layout { get; }

    public string Digest { get; }

    /// <summary>The manifest, or the index.</summary>
    public JsonNode Manifest { get; }

    /// <summary>The configuration.</summary>
    public JsonNode Config => Json(Manifest["config"]!["digest"]!.GetValue<string>());

    /// <summary>The "config" object of the configuration.</summary>
    public JsonNode Settings => Config["config"]!;

    /// <summary>The digests of the layers.</summary>
    public IReadOnlyList<string> Layers => [.. Manifest["layers"]!.AsArray().Select(l => l!["digest"]!.GetValue<string>())];

    /// <summary>The layers of the app by the names in the history: "packages" to its digest.</summary>
    public IReadOnlyDictionary<string, string> NamedLayers
    {
        get
        {
            var history = Config["history"]!.AsArray().Where(h => h!["empty_layer"]?.GetValue<bool>() != true).Select(h => h!["created_by"]?.GetValue<string>() ?? "").ToList();
            Assert.Equal(Layers.Count, history.Count);
            return history.Zip(Layers)
                .Where(p => p.First.StartsWith("containerize: ", StringComparison.Ordinal))
                .ToDictionary(p => p.First["containerize: ".Length..], p => p.Second);
        }
    }

    /// <summary>The image of a platform in an index.</summary>
    public LayoutImage For(string architecture) => new(Layout, Manifest["manifests"]!.AsArray()
        .Single(m => m!["platform"]!["architecture"]!.GetValue<string>() == architecture)!["digest"]!.GetValue<string>());

    /// <summary>The entries of a layer.</summary>
    public string Dump(string digest)
    {
        using var tar = new MemoryStream(Tar(digest));
        return TarDump.Of(tar);
    }

    /// <summary>A layer's tar, unpacked.</summary>
    public byte[] Tar(string digest)
    {
        var bytes = Blob(digest);
        using var result = new MemoryStream();
        if (bytes is [0x1f, 0x8b, ..])
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            gzip.CopyTo(result);
        }
        else
        {
            result.Write(bytes);
        }

        return result.ToArray();
    }

    /// <summary>A file of the image's own layers; the highest layer that has it counts.</summary>
    public byte[]? File(string path)
    {
        foreach (var layer in NamedLayers.Values.Reverse())
        {
            using var reader = new TarReader(new MemoryStream(Tar(layer)));
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.Name == path && entry.DataStream is { } data)
                {
                    using var content = new MemoryStream();
                    data.CopyTo(content);
                    return content.ToArray();
                }
            }
        }

        return null;
    }

    /// <summary>A blob, checked against its digest.</summary>
    public byte[] Blob(string digest)
    {
        var bytes = System.IO.File.ReadAllBytes(Path.Combine(Layout, "blobs", "sha256", digest["sha256:".Length..]));
        Assert.Equal(digest, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return bytes;
    }

    /// <summary>JSON as indented text.</summary>
    public static string Text(JsonNode node) => node.ToJsonString(Indented);

    private JsonNode Json(string digest) => JsonNode.Parse(Blob(digest))!;
}
