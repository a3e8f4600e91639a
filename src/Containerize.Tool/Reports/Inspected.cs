using Containerize.Images;

namespace Containerize.Tool.Reports;

/// <summary>What was asked for, and the images that it is.</summary>
/// <param name="Name">As the user would write it.</param>
/// <param name="Artifact">What the name stands for: an image or an index.</param>
/// <param name="Images">The images, one for each platform.</param>
internal sealed record Inspected(string Name, Artifact Artifact, IReadOnlyList<Image> Images);
