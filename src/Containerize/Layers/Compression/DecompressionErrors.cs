using System.Globalization;
using Containerize.Oci;

namespace Containerize.Layers.Compression;

/// <summary>The failures of unpacking a blob: CTZ2050 to CTZ2055.</summary>
internal sealed class DecompressionErrors(Digest? layer)
{
    private const string GetAgain = "The content is damaged; get the image again.";

    private readonly string _doing = layer is null ? "unpacking a layer" : $"unpacking the layer {layer}";

    public ContainerizeException Truncated(Exception? inner = null) => new(2050, _doing, "the compressed data ends too early", GetAgain, inner);

    public ContainerizeException Damaged(string format, Exception? inner = null) =>
        new(2051, _doing, $"the data is not valid {format}", GetAgain, inner);

    public ContainerizeException TooLong(long most) =>
        new(2052, _doing, Invariant($"it unpacks to more than {most} bytes"), "A layer of that size is refused; use another image.");

    public ContainerizeException TooDense(int ratio) =>
        new(2053, _doing, Invariant($"it unpacks to more than {ratio} times its size"), "Such data is made to fill disks and is refused; use another image.");

    public ContainerizeException WindowTooLarge(Exception inner) =>
        new(2054, _doing, "it was compressed with a zstd window above 128 MiB", "Compress the layer again without --ultra or --long above 27.", inner);

    public ContainerizeException UnknownType(string mediaType) =>
        new(2055, _doing, $"layers of the media type {mediaType} cannot be read", "Use an image with tar, gzip or zstd layers.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
