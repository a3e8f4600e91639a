using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Layers;

/// <summary>A layer of an image: what it is as a blob, what it is unpacked, and where its bytes can be had.</summary>
/// <param name="Descriptor">The blob as it is transferred (compressed or not).</param>
/// <param name="DiffId">The digest of its tar.</param>
/// <param name="Source">Where the blob can be opened.</param>
public sealed record Layer(Descriptor Descriptor, Digest DiffId, IBlobSource Source);
