namespace Containerize.Bases;

/// <summary>A NuGet package that an embedded base is made of.</summary>
/// <param name="Id">The package id.</param>
/// <param name="Version">The exact version, normalised as NuGet does.</param>
public sealed record EmbeddedPackage(string Id, string Version);
