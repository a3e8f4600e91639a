using Containerize.Registries;

namespace Containerize.Images;

/// <summary>An image or index in an archive, with its names there.</summary>
/// <param name="Artifact">The image or index.</param>
/// <param name="References">Its names; none for one that is known by its digest only.</param>
public sealed record NamedArtifact(Artifact Artifact, IReadOnlyList<Reference> References);
