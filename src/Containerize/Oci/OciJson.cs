using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Containerize.Oci;

/// <summary>Reads and writes the OCI documents: source generated, bounded, one fixed form for what we write.</summary>
/// <remarks>What was read is kept and digested as bytes; a document is never written again from its parsed form to get its digest.</remarks>
public static class OciJson
{
    /// <summary>The largest manifest, index or configuration that is read: 4 MiB, as registries and engines have it.</summary>
    public const int MaxDocumentBytes = 4 * 1024 * 1024;

    /// <summary>The most descriptors in one manifest or index.</summary>
    public const int MaxDescriptors = 10_000;

    private static readonly OciJsonContext Context = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 64,
        // One of two "layers" would be seen by one reader and the other by the next.
        AllowDuplicateProperties = false,
        Converters = { new DigestConverter() },
    });

    private static readonly OciJsonContext Indented = new(new JsonSerializerOptions(Context.Options) { WriteIndented = true, NewLine = "\n" });

    /// <summary>The bytes of a manifest: compact UTF-8, properties in the spec's order.</summary>
    public static byte[] Write(ImageManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Context.ImageManifest);

    /// <summary>The bytes of an index.</summary>
    public static byte[] Write(IndexManifest index) => JsonSerializer.SerializeToUtf8Bytes(index, Context.IndexManifest);

    /// <summary>The bytes of a configuration.</summary>
    public static byte[] Write(ImageConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, Context.ImageConfig);

    /// <summary>The bytes of a descriptor.</summary>
    public static byte[] Write(Descriptor descriptor) => JsonSerializer.SerializeToUtf8Bytes(descriptor, Context.Descriptor);

    /// <summary>An index, indented, as OCI layouts keep theirs for people to read.</summary>
    public static byte[] WriteIndented(IndexManifest index) => JsonSerializer.SerializeToUtf8Bytes(index, Indented.IndexManifest);

    /// <summary>Reads an image manifest; CTZ3002 where the bytes are not one.</summary>
    public static ImageManifest ReadManifest(ReadOnlySpan<byte> bytes, string what)
    {
        var manifest = Read(bytes, Context.ImageManifest, what);
        if (manifest.Others is { } others && others.ContainsKey("manifests"))
        {
            throw Bad(what, "it has both layers and manifests, which lets two readers see two images (CVE-2021-41190)");
        }

        if (manifest.SchemaVersion != 2)
        {
            throw Bad(what, $"its schemaVersion is {manifest.SchemaVersion}, and only 2 is understood");
        }

        return manifest.Layers is null || manifest.Config is null
            ? throw Bad(what, "it has no layers or no config")
            : manifest.Layers.Count > MaxDescriptors
                ? throw Bad(what, $"it has {manifest.Layers.Count} layers, more than {MaxDescriptors}")
                : Checked(manifest, manifest.Layers.Append(manifest.Config), what);
    }

    /// <summary>Reads an image index; CTZ3002 where the bytes are not one.</summary>
    public static IndexManifest ReadIndex(ReadOnlySpan<byte> bytes, string what)
    {
        var index = Read(bytes, Context.IndexManifest, what);
        if (index.Others is { } others && (others.ContainsKey("layers") || others.ContainsKey("config")))
        {
            throw Bad(what, "it has both manifests and layers, which lets two readers see two images (CVE-2021-41190)");
        }

        if (index.SchemaVersion != 2)
        {
            throw Bad(what, $"its schemaVersion is {index.SchemaVersion}, and only 2 is understood");
        }

        return index.Manifests is null
            ? throw Bad(what, "it has no manifests")
            : index.Manifests.Count > MaxDescriptors
                ? throw Bad(what, $"it has {index.Manifests.Count} manifests, more than {MaxDescriptors}")
                : Checked(index, index.Manifests, what);
    }

    /// <summary>Reads an image configuration; CTZ3002 where the bytes are not one.</summary>
    public static ImageConfig ReadConfig(ReadOnlySpan<byte> bytes, string what)
    {
        var config = Read(bytes, Context.ImageConfig, what);
        // What is absent is null here, whatever the properties are initialised with (https://github.com/dotnet/runtime/issues/84484); so is a null that was written.
        return config with
        {
            Architecture = config.Architecture ?? "",
            Os = config.Os ?? "",
            RootFs = config.RootFs is { DiffIds: not null } rootFs ? rootFs with { Type = rootFs.Type ?? "layers" } : new RootFs(),
        };
    }

    /// <summary>
    /// Reads a small configuration and a manifest to no end but that the just-in-time compiler has done its part of the reading: to be called
    /// while something else is waited for.
    /// </summary>
    internal static void Prepare()
    {
        var diffId = Digest.Of([]);
        ReadConfig(Write(new ImageConfig { RootFs = new RootFs { DiffIds = [diffId] }, History = [new History { EmptyLayer = true }] }), "itself");
        var descriptor = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = diffId, Size = 0 };
        ReadManifest(Write(new ImageManifest { Config = descriptor, Layers = [descriptor] }), "itself");
    }

    private static T Checked<T>(T document, IEnumerable<Descriptor> descriptors, string what)
    {
        foreach (var d in descriptors)
        {
            if (d is null || d.Size < 0 || string.IsNullOrEmpty(d.MediaType))
            {
                throw Bad(what, "a descriptor in it has no media type, or a negative size");
            }
        }

        return document;
    }

    private static T Read<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, string what)
    {
        if (bytes.Length > MaxDocumentBytes)
        {
            throw Bad(what, $"it is {bytes.Length} bytes, more than the limit of {MaxDocumentBytes}");
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw Bad(what, "it is null");
        }
        catch (JsonException e)
        {
            throw Bad(what, $"it is not valid JSON of its kind ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static ContainerizeException Bad(string what, string why, Exception? inner = null) =>
        new(3002, $"reading {what}", why, "The image is damaged or not an image; get it again, or choose another.", inner);
}

/// <summary>Digests as JSON strings.</summary>
internal sealed class DigestConverter : JsonConverter<Digest>
{
    // A null is no digest, so it is not to be passed over.
    public override bool HandleNull => true;

    /// <inheritdoc />
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Digest.TryParse(text, out var digest) ? digest : throw new JsonException("a digest in it is not valid");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(IndexManifest))]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(Descriptor))]
internal sealed partial class OciJsonContext : JsonSerializerContext;
