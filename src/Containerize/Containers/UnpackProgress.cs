using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>How far a layer is.</summary>
/// <param name="DiffId">The layer.</param>
/// <param name="IsDone">Whether it is unpacked; else it was begun.</param>
public sealed record UnpackProgress(Digest DiffId, bool IsDone);
