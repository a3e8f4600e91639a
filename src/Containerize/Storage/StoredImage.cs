using Containerize.Oci;
using Containerize.Registries;

namespace Containerize.Storage;

/// <summary>One name in the local store, and what it stands for.</summary>
/// <param name="Reference">The name; null for an image that was written with none.</param>
/// <param name="Descriptor">The manifest or index.</param>
/// <param name="Size">The size in bytes of all that it needs: manifests, configurations and compressed layers.</param>
/// <param name="Platforms">The platforms, in the index's order.</param>
/// <param name="Created">When the image says that it was made; null where it does not.</param>
public sealed record StoredImage(Reference? Reference, Descriptor Descriptor, long Size, IReadOnlyList<Platform> Platforms, string? Created);
