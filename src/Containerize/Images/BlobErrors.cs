using Containerize.Oci;

namespace Containerize.Images;

/// <summary>The failures of blobs: not there (CTZ3004), or not what their descriptor says (CTZ3003).</summary>
public static class BlobErrors
{
    /// <summary>CTZ3004: the blob is not in <paramref name="place"/>.</summary>
    public static ContainerizeException Absent(Descriptor blob, string place, Exception? inner = null) =>
        new(3004, $"opening the blob {blob.Digest} in {place}", "it is not there", "The image is incomplete; get or build it again.", inner);

    /// <summary>CTZ3003: the content is not what its descriptor says.</summary>
    public static ContainerizeException Mismatch(Descriptor blob, string found) =>
        new(
            3003,
            $"reading the blob {blob.Digest}",
            $"its content is {found}, where {blob.Size} bytes of that digest were promised",
            "The content is damaged or forged; get the image again.");

    /// <summary>Fails with CTZ3003 unless the bytes are what the descriptor says.</summary>
    public static void Check(Descriptor blob, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != blob.Size)
        {
            throw Mismatch(blob, $"{bytes.Length} bytes");
        }

        using var hash = blob.Digest.CreateHash();
        hash.AppendData(bytes);
        var actual = Digest.FromHash(hash.GetHashAndReset());
        if (actual != blob.Digest)
        {
            throw Mismatch(blob, $"{bytes.Length} bytes of {actual}");
        }
    }
}
