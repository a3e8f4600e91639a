namespace Containerize.Containers.Files;

/// <summary>A difference between a container's files and its image's.</summary>
/// <param name="Path">The path from the root, without a slash before it.</param>
/// <param name="Kind">What became of it.</param>
internal sealed record ContainerChange(byte[] Path, ChangeKind Kind);
