using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>How far a blob is on its way to or from a registry.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="IsUpload">Whether it is sent; else it comes.</param>
/// <param name="Done">How many bytes of it are there, all of them once the other side has said so; less than before where some have to go again.</param>
/// <param name="Size">How many it has.</param>
public sealed record BlobProgress(Digest Blob, bool IsUpload, long Done, long Size);
