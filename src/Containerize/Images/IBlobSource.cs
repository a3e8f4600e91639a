using Containerize.Oci;

namespace Containerize.Images;

/// <summary>A place where blobs can be opened by their descriptor.</summary>
public interface IBlobSource
{
    /// <summary>
    /// Opens a blob from an offset in bytes. A stream opened at 0 and read to its end fails with CTZ3003 where digest or size are wrong;
    /// a blob that is not there is CTZ3004.
    /// </summary>
    ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken);
}
