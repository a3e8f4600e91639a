using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>A blob that is to be brought into a repository.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="Source">Where it is, to be opened as often as need be.</param>
internal sealed record BlobRequest(Descriptor Blob, IBlobSource Source)
{
    // Less is sent again as quickly as it is asked for.
    private const long WorthResuming = 1024 * 1024;

    /// <summary>An upload that was opened before.</summary>
    internal UploadSession? Opened { get; init; }

    /// <summary>Whether it must be sent: the registry says that it has the blob, and has not.</summary>
    internal bool IsForced { get; init; }

    /// <summary>The user's wish to end: then the upload is given up, where a failure leaves it to be taken up again.</summary>
    internal CancellationToken Stop { get; init; }

    /// <summary>Whether a broken upload is worth the question how far it came.</summary>
    internal bool IsLarge => Blob.Size >= WorthResuming;
}
