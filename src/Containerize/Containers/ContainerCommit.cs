using System.Globalization;
using Containerize.Containers.Files;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Layers.Compression;
using Containerize.Linux;
using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>An image of a container: that which it was made of, and one layer more with what it changed.</summary>
public static class ContainerCommit
{
    /// <summary>Makes the image; its new layer is in the cache then.</summary>
    /// <param name="container">The container; what it does meanwhile may be in it or not.</param>
    /// <param name="baseImage">The image that it was made of.</param>
    /// <param name="options">What is said of it.</param>
    /// <param name="cache">Where the layer is made.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Image Make(LocalContainer container, Image baseImage, CommitOptions options, LayerCache cache, CancellationToken cancellationToken)
    {
        var changed = ConfigChange.Apply(container.Record.Config, options.Changes);
        var layer = MakeLayer(container, cache, cancellationToken);
        var created = options.Created.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var config = baseImage.Config with
        {
            Created = created,
            Author = options.Author ?? baseImage.Config.Author,
            Config = changed,
            History =
            [
                .. baseImage.Config.History ?? [],
                new History { Created = created, CreatedBy = string.Join(' ', container.Record.Command), Author = options.Author, Comment = options.Message },
            ],
        };
        return Image.Create(config, [.. baseImage.Layers, layer], baseImage.Descriptor.MediaType == MediaTypes.DockerManifest, baseImage.Manifest.Annotations);
    }

    private static Layer MakeLayer(LocalContainer container, LayerCache cache, CancellationToken cancellationToken)
    {
        var doing = $"committing the container '{container.Name}'";
        try
        {
            using var blob = cache.Blobs.CreateWriter();
            Digest diffId;
            using (var compressor = LayerCompressor.Create(blob, LayerCompression.Gzip, Environment.ProcessorCount))
            using (var hashing = new HashingStream(compressor))
            {
                ChangeArchiver.Write(container.Plan.Root, hashing, doing, cancellationToken);
                diffId = hashing.Finish();
            }

            return new Layer(blob.Commit(LayerCompressor.MediaType(LayerCompression.Gzip)), diffId, cache.Blobs);
        }
        catch (SyscallException e)
        {
            throw new ContainerizeException(5052, doing, e.Message, "See 'dotnet containerize doctor'.", e);
        }
    }
}
