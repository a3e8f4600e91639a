using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Testing;

/// <summary>Small real images, made in memory.</summary>
public static class SampleImages
{
    /// <summary>An image of one layer per text, which has the file <c>/file&lt;n&gt;</c> with it.</summary>
    public static Image Create(IReadOnlyList<string> texts, bool docker = false, string architecture = "amd64", LayerCompression compression = LayerCompression.Gzip)
    {
        var layers = texts.Select((text, i) => LayerOf($"file{i}", text, compression)).ToList();
        var config = new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            Created = "2024-02-03T04:05:06Z",
            Config = new ContainerConfig { Entrypoint = ["/file0"], Env = ["A=1"] },
            History = [.. texts.Select(_ => new History { CreatedBy = "test" })],
        };
        return Image.Create(config, layers, docker);
    }

    /// <summary>An index of two platforms.</summary>
    public static ImageIndex CreateIndex(string text, bool docker = false) =>
        ImageIndex.Create([Create([text, "amd"], docker), Create([text, "arm"], docker, "arm64")], docker);

    /// <summary>A layer with one file.</summary>
    public static Layer LayerOf(string name, string text, LayerCompression compression = LayerCompression.Gzip)
    {
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                ModificationTime = DateTimeOffset.UnixEpoch,
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            });
        }

        var plain = tar.ToArray();
        var (bytes, type) = compression switch
        {
            LayerCompression.Gzip => (Gzip(plain), MediaTypes.OciLayerGzip),
            LayerCompression.Zstd => (Zstd(plain), MediaTypes.OciLayerZstd),
            _ => (plain, MediaTypes.OciLayer),
        };
        return new Layer(Descriptor.Of(type, bytes), Digest.Of(plain), new MemoryBlobs(bytes));
    }

    /// <summary>A layer that is this tar, as it is.</summary>
    public static Layer LayerOf(byte[] tar) => new(Descriptor.Of(MediaTypes.OciLayer, tar), Digest.Of(tar), new MemoryBlobs(tar));

    /// <summary>A layer of so many bytes that nobody unpacks, the same for the same seed.</summary>
    public static Layer LayerOf(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return new Layer(Descriptor.Of(MediaTypes.OciLayer, bytes), Digest.Of(bytes), new MemoryBlobs(bytes));
    }

    /// <summary>An image of these layers.</summary>
    public static Image ImageOf(params IReadOnlyList<Layer> layers) => Image.Create(Create(["x"]).Config, layers);

    /// <summary>All of an image's layers, read to their ends, which verifies them: one line each with the number of bytes.</summary>
    public static async Task<string> ReadLayersAsync(Image image)
    {
        var lines = new StringBuilder();
        foreach (var layer in image.Layers)
        {
            await using var stream = await layer.Source.OpenAsync(layer.Descriptor, 0, CancellationToken.None);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            lines.Append(layer.Descriptor.Digest).Append(' ').Append(copy.Length).Append('\n');
        }

        return lines.ToString();
    }

    /// <summary>What an image's layers are when they are unpacked, as their digests: the configuration's diff_ids, where the image is what it says.</summary>
    public static async Task<IReadOnlyList<Digest>> UnpackLayersAsync(Image image)
    {
        var digests = new List<Digest>();
        foreach (var layer in image.Layers)
        {
            await using var stream = await layer.Source.OpenAsync(layer.Descriptor, 0, CancellationToken.None);
            await using var plain = layer.Descriptor.MediaType.EndsWith("zstd", StringComparison.Ordinal)
                ? new ZstdSharp.DecompressionStream(stream)
                : layer.Descriptor.MediaType.EndsWith("gzip", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            using var copy = new MemoryStream();
            await plain.CopyToAsync(copy);
            digests.Add(Digest.Of(copy.ToArray()));
        }

        return digests;
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return output.ToArray();
    }

    private static byte[] Zstd(byte[] plain)
    {
        using var compressor = new ZstdSharp.Compressor(3);
        return compressor.Wrap(plain).ToArray();
    }

    private sealed class MemoryBlobs(byte[] bytes) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
            new(new MemoryStream(bytes[(int)offset..], writable: false));
    }
}
