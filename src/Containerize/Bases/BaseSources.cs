using Containerize.Images;
using Containerize.Oci;
using Containerize.Registries;

namespace Containerize.Bases;

/// <summary>Opens base images wherever they come from.</summary>
public static class BaseSources
{
    /// <summary>The source of a base.</summary>
    /// <param name="reference">What to open.</param>
    /// <param name="registries">The client for bases at registries.</param>
    /// <param name="platform">The platform of an image made from scratch.</param>
    public static IImageSource Open(BaseReference reference, RegistryClient registries, Platform platform) => reference.Kind switch
    {
        BaseKind.Scratch => new Scratch(platform),
        BaseKind.OciLayout => new OciLayout(reference.Path!, reference.Name),
        BaseKind.OciArchive => ImageArchive.Open(reference.Path!, reference.Name, ArchiveFormat.Oci),
        BaseKind.DockerArchive => ImageArchive.Open(reference.Path!, reference.Name, ArchiveFormat.Docker),
        _ => registries.PullSource(reference.Reference!),
    };

    /// <summary>An image with no layers and no settings.</summary>
    public static Image EmptyImage(Platform platform) => Image.Create(
        new ImageConfig { Os = platform.Os, Architecture = platform.Architecture, Variant = platform.Variant, OsVersion = platform.OsVersion }, []);

    private sealed class Scratch(Platform platform) : IImageSource
    {
        public string Name => "scratch";

        public Task<Artifact> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<Artifact>(EmptyImage(platform));
    }
}
