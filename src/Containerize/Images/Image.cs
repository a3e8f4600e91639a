using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Images;

/// <summary>One image for one platform: manifest, configuration and layers. Changes return a new one.</summary>
public sealed class Image : Artifact
{
    private readonly Lazy<ImageConfig> _config;

    private Image(string mediaType, ReadOnlyMemory<byte> bytes, ImageManifest manifest, ReadOnlyMemory<byte> configBytes, IBlobSource source)
        : base(mediaType, bytes)
    {
        Manifest = manifest;
        ConfigBytes = configBytes;
        Source = source;
        _config = new Lazy<ImageConfig>(() => OciJson.ReadConfig(ConfigBytes.Span, $"the configuration {manifest.Config.Digest}"));
    }

    /// <summary>The manifest.</summary>
    public ImageManifest Manifest { get; }

    /// <summary>The configuration's bytes.</summary>
    public ReadOnlyMemory<byte> ConfigBytes { get; }

    /// <summary>The configuration; CTZ3002 where the artifact is not an image.</summary>
    public ImageConfig Config => _config.Value;

    /// <summary>Where the layers' blobs can be opened.</summary>
    public IBlobSource Source { get; }

    /// <summary>The platform that the configuration names.</summary>
    public Platform Platform => Config.Platform;

    /// <summary>The layers, lowest first; CTZ3002 where manifest and configuration count them differently.</summary>
    public IReadOnlyList<Layer> Layers
    {
        get
        {
            var diffIds = Config.RootFs.DiffIds;
            if (diffIds.Count != Manifest.Layers.Count)
            {
                throw new ContainerizeException(
                    3002,
                    $"reading the image {Digest}",
                    $"its manifest has {Manifest.Layers.Count} layers and its configuration {diffIds.Count}",
                    "The image is damaged or not an image; get it again, or choose another.");
            }

            return [.. Manifest.Layers.Select((d, i) => new Layer(d, diffIds[i], Source))];
        }
    }

    /// <summary>The image that these bytes describe; the configuration's bytes must have the digest that the manifest names (CTZ3003).</summary>
    public static Image Parse(string mediaType, ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> config, IBlobSource source)
    {
        var parsed = OciJson.ReadManifest(manifest.Span, $"the manifest {Digest.Of(manifest.Span)}");
        BlobErrors.Check(parsed.Config, config.Span);
        return new Image(mediaType, manifest, parsed, config, source);
    }

    /// <summary>A new image of a configuration and layers, in OCI or Docker form.</summary>
    /// <param name="config">The configuration; its rootfs is taken from the layers.</param>
    /// <param name="layers">The layers, lowest first.</param>
    /// <param name="docker">True for Docker's schema 2, which has no zstd layers and no annotations.</param>
    /// <param name="annotations">The manifest's annotations; null for none.</param>
    public static Image Create(
        ImageConfig config, IReadOnlyList<Layer> layers, bool docker = false, IReadOnlyDictionary<string, string>? annotations = null)
    {
        var configBytes = OciJson.Write(config with { RootFs = new RootFs { DiffIds = [.. layers.Select(l => l.DiffId)] } });
        var manifestType = docker ? MediaTypes.DockerManifest : MediaTypes.OciManifest;
        var manifest = new ImageManifest
        {
            MediaType = manifestType,
            Config = Descriptor.Of(docker ? MediaTypes.DockerConfig : MediaTypes.OciConfig, configBytes),
            Layers = [.. layers.Select(l => l.Descriptor with { MediaType = LayerMediaTypes.In(l.Descriptor.MediaType, docker) })],
            Annotations = Sorted(annotations),
        };
        return new Image(manifestType, OciJson.Write(manifest), manifest, configBytes, new LayerSources(layers));
    }

    /// <summary>The same image in the other form; itself where it has that form already.</summary>
    public Image WithFormat(bool docker) =>
        (Descriptor.MediaType == MediaTypes.DockerManifest) == docker
            ? this
            : Create(Config, Layers, docker, docker ? null : Manifest.Annotations);

    private sealed class LayerSources(IReadOnlyList<Layer> layers) : IComposedBlobSource
    {
        public IBlobSource? SourceOf(Descriptor blob) => layers.FirstOrDefault(l => l.Descriptor.Digest == blob.Digest)?.Source;

        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
            (layers.FirstOrDefault(l => l.Descriptor.Digest == blob.Digest) ?? throw BlobErrors.Absent(blob, "this image"))
            .Source.OpenAsync(blob, offset, cancellationToken);
    }
}
