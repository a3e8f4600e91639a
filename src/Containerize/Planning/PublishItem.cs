namespace Containerize.Planning;

/// <summary>What the build knows of a published file (the metadata of MSBuild's ResolvedFileToPublish).</summary>
/// <param name="RelativePath">The path in the publish folder.</param>
/// <param name="PackageId">The NuGet package it is from, or null.</param>
/// <param name="PackageVersion">The package's version, or null.</param>
/// <param name="FromProjectReference">Whether a referenced project made it.</param>
public sealed record PublishItem(string RelativePath, string? PackageId, string? PackageVersion, bool FromProjectReference);
